"""After a launch: the first sale, the benefit against what was hoped for, stories, and what is said since."""
