"""Clients of the two services. They ask, judge the answer, and hand it to `formats` for parsing; they store nothing."""
