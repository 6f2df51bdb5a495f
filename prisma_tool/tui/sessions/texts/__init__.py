"""Full texts as the application reads them: the text of a report, where one was in it, the list of reports, and the inbox."""
