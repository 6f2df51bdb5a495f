"""What the rules that judge one pair read: titles word by word, places, abstracts, and the findings of each field."""
