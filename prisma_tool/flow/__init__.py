"""The PRISMA 2020 flow: counted from plain data and checked by the published arithmetic; nothing is drawn here."""
