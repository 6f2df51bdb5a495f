"""What the tables of platforms say, as objects that readers apply."""
