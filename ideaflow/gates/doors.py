"""The blueprint that all pages of the gates belong to."""

from flask import Blueprint

bp = Blueprint("gates", __name__)
