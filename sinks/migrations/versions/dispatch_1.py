"""Deliveries of commands to marketplaces, what they answered, and what people did about it."""

from alembic import op

revision = "dispatch_1"
down_revision = "positions_1"


def upgrade() -> None:
    """Make the tables."""
    op.execute(
        """
        CREATE TABLE deliveries (
            delivery_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            command_id text NOT NULL,
            marketplace text NOT NULL,
            type text NOT NULL,
            order_key text NOT NULL,
            listing_id text NOT NULL,
            case_id text NOT NULL,
            rule_id text NOT NULL,
            complainant_id text NOT NULL,
            seller_id text NOT NULL,
            restrictive boolean NOT NULL,
            body text NOT NULL,
            issued_at_milliseconds bigint NOT NULL,
            taken_in_at_milliseconds bigint NOT NULL,
            state text NOT NULL
                CHECK (state IN ('waiting', 'due', 'held', 'delivered', 'failed', 'cancelled')),
            reason text NOT NULL DEFAULT '',
            detail text NOT NULL DEFAULT '',
            due_at_milliseconds bigint NOT NULL,
            leased_until timestamptz,
            claims integer NOT NULL DEFAULT 0,
            attempts integer NOT NULL DEFAULT 0,
            reminder_number integer NOT NULL DEFAULT 0,
            last_status integer,
            delivered_at_milliseconds bigint,
            result text NOT NULL DEFAULT '',
            UNIQUE (command_id, marketplace)
        ) WITH (fillfactor = 80)
        """
    )
    op.execute(
        """
        CREATE INDEX deliveries_due ON deliveries
            (marketplace, due_at_milliseconds, delivery_number) WHERE state = 'due'
        """
    )
    op.execute(
        """
        CREATE INDEX deliveries_set_aside ON deliveries (state, reason, marketplace)
            WHERE state IN ('waiting', 'held', 'failed')
        """
    )
    op.execute(
        "CREATE INDEX deliveries_order ON deliveries (marketplace, order_key, delivery_number)"
    )
    op.execute("CREATE INDEX deliveries_age ON deliveries USING brin (taken_in_at_milliseconds)")
    op.execute(
        """
        CREATE TABLE dispatch_counts (
            scope text NOT NULL,
            begins_at_milliseconds bigint NOT NULL,
            commands integer NOT NULL,
            PRIMARY KEY (scope, begins_at_milliseconds)
        )
        """
    )
    op.execute("CREATE INDEX dispatch_counts_age ON dispatch_counts (begins_at_milliseconds)")
    op.execute(
        """
        CREATE TABLE disabled_endpoints (
            marketplace text PRIMARY KEY,
            reason text NOT NULL,
            disabled_at_milliseconds bigint NOT NULL
        )
        """
    )
    op.execute(
        """
        CREATE TABLE acknowledgement_outbox (
            acknowledgement_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            acknowledgement_id text NOT NULL UNIQUE,
            command_id text NOT NULL,
            case_id text NOT NULL,
            listing_id text NOT NULL,
            marketplace text NOT NULL,
            result text NOT NULL,
            detail text NOT NULL,
            acknowledged_at_milliseconds bigint NOT NULL,
            published boolean NOT NULL DEFAULT false
        )
        """
    )
    op.execute(
        """
        CREATE INDEX acknowledgement_outbox_unpublished ON acknowledgement_outbox
            (acknowledgement_number) WHERE NOT published
        """
    )
    op.execute(
        """
        CREATE TABLE delivery_actions (
            action_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            action text NOT NULL,
            delivery_number bigint REFERENCES deliveries ON DELETE CASCADE,
            marketplace text NOT NULL,
            operator_id text NOT NULL,
            reason text NOT NULL,
            acted_at_milliseconds bigint NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX delivery_actions_of ON delivery_actions (delivery_number)")


def downgrade() -> None:
    """Take the tables away."""
    for table in (
        "delivery_actions",
        "acknowledgement_outbox",
        "disabled_endpoints",
        "dispatch_counts",
        "deliveries",
    ):
        op.execute(f"DROP TABLE {table}")
