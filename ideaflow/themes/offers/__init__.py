"""What people are asked and offered: questions that help most, names of another machine, like statements."""
