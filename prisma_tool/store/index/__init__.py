"""What is looked up: text, facts about records, corrections, order of arrival."""
