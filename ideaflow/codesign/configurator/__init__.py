"""Design drafts: modules, options, rules; what is still possible, why not, and what drafts have in common."""
