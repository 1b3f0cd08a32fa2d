"""The doors for staff: pages of co-design, and what they add to pages of others."""

from ideaflow.codesign import customers as customers  # Registers its section.
from ideaflow.codesign import shown
from ideaflow.codesign.pages import adding, asking, drafting, pooling, proxies, results
from ideaflow.codesign.pages.parts import bp as bp

PAGES = (adding, drafting, asking, pooling, proxies, results)
shown.register()
