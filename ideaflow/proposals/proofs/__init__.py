"""What proves a proposal beside themes: studies, competitors' moves, and what is still wanted. Pure."""
