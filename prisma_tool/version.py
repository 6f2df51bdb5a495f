"""The version of the tool: written into every run and event, and read by the build."""

VERSION = "0.1.0"
