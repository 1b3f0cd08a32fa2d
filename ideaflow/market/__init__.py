"""How and where we sell: channels, regions, price books, trained sellers, certified partners, rates."""
