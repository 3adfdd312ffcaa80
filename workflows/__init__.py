"""The domain: rounds, items, the item's machine, review routes, policy, guards, actions, reads."""
