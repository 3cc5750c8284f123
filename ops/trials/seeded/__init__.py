"""Seeded simulations: real workers on models of brokers, clocks, registry and clients."""
