"""What a process standard is: the document, its rule language, its checks. Pure: no database, no clock, no Django."""
