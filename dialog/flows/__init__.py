"""What the dialogue can do, one file per aim: facts, documents, appointments, reports, files, people."""
