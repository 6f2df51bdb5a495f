"""The PRISMA 2020 flow: counted from plain data, checked by the published arithmetic, laid out and drawn."""
