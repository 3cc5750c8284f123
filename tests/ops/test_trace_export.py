"""Spans reach a collector where the settings name one; else nothing of it is there."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ops import __main__ as entry
from ops.errors import OperatorError
from ops.services import case_store
from ops.shell.trace_export import traces_exported
from schemas.traces import TRACES, Span, TraceContext


@pytest.fixture
def collector():
    """An endpoint of OTLP on loopback, and what it was sent."""
    sent = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent.append((self.path, ExportTraceServiceRequest.FromString(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces", sent
    server.shutdown()
    server.server_close()


def span(context, error=""):
    return Span("process t", "consumer", context, "b" * 16, 5, 7, {"kept": ("a", "b")}, error)


def test_what_is_sampled_reaches_the_collector_before_the_process_ends(
    collector, monkeypatch, tmp_path
):
    endpoint, sent = collector
    settings = tmp_path / "settings.toml"
    settings.write_text(f'[traces]\nendpoint = "{endpoint}"\n')
    context = TraceContext.begin()

    def run(_options):
        TRACES.tell(span(context, "broke"))
        TRACES.tell(span(context._replace(sampled=False)))
        return 3

    monkeypatch.setattr(case_store, "run", run)
    arguments = ["--bootstrap-servers=k:1", "--schema-registry=http://r", "--database=dbname=d"]
    given = ["--settings-file", str(settings), "case-store", *arguments]
    assert entry.main(given) == 3
    assert not TRACES.on
    [(path, request)] = sent
    assert path == "/v1/traces"
    [of_process] = request.resource_spans
    named = {each.key: each.value.string_value for each in of_process.resource.attributes}
    assert (named["service.namespace"], named["service.name"]) == ("ip-takedowns", "case-store")
    [told] = of_process.scope_spans[0].spans
    assert (told.trace_id.hex(), told.span_id.hex()) == (context.trace_id, context.span_id)
    assert (told.parent_span_id.hex(), told.status.message) == ("b" * 16, "broke")
    assert (told.start_time_unix_nano, told.end_time_unix_nano) == (5, 7)


def test_without_an_endpoint_nothing_is_told_and_nothing_imported():
    code = (
        "import sys, ops.__main__, ops.services.worker, ops.services.dispatch;"
        "from ops.shell.trace_export import traces_exported as exported\n"
        "from schemas.traces import TRACES\n"
        "with exported('', 'worker'): assert not TRACES.on\n"
        "sys.exit(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("endpoint", ["collector:4318", "grpc://collector"])
def test_what_is_no_address_is_refused(endpoint):
    with pytest.raises(OperatorError, match=r"traces\.endpoint"), traces_exported(endpoint, "w"):
        pass


def test_without_the_packages_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(OperatorError, match=r"\[traces\]"), traces_exported("http://c", "w"):
        pass
