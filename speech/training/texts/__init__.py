"""Made-up sentences: the mairie's domain, short answers, and French in general."""
