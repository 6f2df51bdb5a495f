"""Tables of reports and studies that a manuscript or its appendix needs, as many rows as the figure has."""
