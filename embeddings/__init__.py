"""The theme engine: text → vectors → clusters → names. Importable alone, without database or web."""
