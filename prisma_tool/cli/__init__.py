"""The command line: parse, call one function below, print. No SQL and no logic; heavy rooms are imported inside the commands."""
