"""`hearth prove`: says a word that nobody has ever said in a room made for it, and looks for it wherever it may be."""
