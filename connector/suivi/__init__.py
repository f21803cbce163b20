"""The follow-up log of proximity trainers: whom they met, when, how long; beside the obligation, like the pacte."""
