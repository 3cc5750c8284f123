"""The pages: one entry for rights holders, sellers, reviewers and operators."""
