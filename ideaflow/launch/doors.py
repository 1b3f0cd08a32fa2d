"""The blueprint that all pages of launches belong to."""

from flask import Blueprint

bp = Blueprint("launches", __name__, url_prefix="/launches")
