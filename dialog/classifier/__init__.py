"""What a sentence asks for, learned from the content's phrases; plain numpy at run time."""
