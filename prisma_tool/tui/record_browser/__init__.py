"""Lists of records and one record whole, as several places of the application open them."""
