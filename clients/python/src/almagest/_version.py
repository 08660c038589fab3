"""The version, which is that of Almagest itself: a test compares it with Directory.Build.props."""

__version__ = "0.1.0"
