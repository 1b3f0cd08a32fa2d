"""What the machine does: new statements join themes, full runs find them, figures are counted anew."""
