"""Tables, sessions, migrations and queries: the only room that knows SQL. SQLite and PostgreSQL behave alike."""
