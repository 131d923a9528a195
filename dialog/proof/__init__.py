"""The proof of the menu: the whole dialogue explored, and what it may never do looked for everywhere."""
