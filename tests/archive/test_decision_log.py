"""A log of decisions: others' hashes, proofs of each size, and whatever was changed is found."""

import random
import time
from hashlib import sha256
from shutil import copytree

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.feeding import archive_of, feed
from archive.tampering import KINDS, tampered, tampering_rounds
from ops.__main__ import main
from replay.bundle.verify_bundle import key_of, signed_text
from sinks.archive.storage import LocalDirectory, storage_at
from sinks.decision_log.audit import audited
from sinks.decision_log.decisions import entry_of
from sinks.decision_log.notes import NoteInvalid, text_of, verified, verifier_of
from sinks.decision_log.places import FILE, Places
from sinks.decision_log.proof import proof_of, proven
from sinks.decision_log.tiles import CHECKPOINT, TileLog, TileReader, tile_path
from sinks.decision_log.tree import consistency_proof, inclusion_proof, is_consistent, is_included
from sinks.decision_log.witness import witnessed_at
from streams.kafka.records import InputRecord

ORIGIN = "example.com/decisions"
KNOWN_LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
KNOWN_LEAVES += ("606162636465666768696a6b6c6d6e6f",)
KNOWN_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""Of Certificate Transparency's own reference tests."""


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


def entries(count, begin=0):
    return [f"entry {number}".encode() for number in range(begin, begin + count)]


def log_of(directory, key, *counts):
    log = TileLog(directory, ORIGIN, key)
    for count in counts:
        log = TileLog(directory, ORIGIN, key)
        log.append(entries(count, log.reader.size))
    return log


@pytest.mark.parametrize(("size", "root"), KNOWN_ROOTS.items())
def test_roots_are_those_of_certificate_transparency(tmp_path, key, size, root):
    leaves = [bytes.fromhex(each) for each in KNOWN_LEAVES[:size]]
    assert TileLog(tmp_path, ORIGIN, key).append(leaves).root.hex() == root


def test_a_log_is_the_same_however_it_grew(tmp_path, key):
    whole = log_of(tmp_path / "whole", key, 70_000).append([])
    grown = log_of(tmp_path / "grown", key, 1, 254, 2, 255, 65_000, 4_488).append([])
    assert whole == grown
    assert (tmp_path / "whole" / "tile/2/000.p/1").stat().st_size == 32
    assert tile_path("0", 1_234_067, 256) == "tile/0/x001/x234/067"
    assert tile_path("entries", 5, 3) == "tile/entries/005.p/3"


def test_each_entry_and_each_former_size_is_proven_and_nothing_else(tmp_path, key):
    reader = log_of(tmp_path, key, 300, 300).reader
    roots = {}
    for size in (1, 2, 3, 7, 8, 255, 256, 257, 600):
        directory = tmp_path / str(size)
        roots[size] = TileLog(directory, ORIGIN, key).append(entries(size)).root
        part = TileReader(directory, size)
        for index in {0, size // 2, size - 1}:
            path = inclusion_proof(part.node_at, index, size)
            entry = part.entry(index)
            assert is_included(entry, index, size, path, roots[size])
            assert not is_included(entry + b"!", index, size, path, roots[size])
            assert not is_included(entry, index + 1, size, path, roots[size])
    for former, root in roots.items():
        path = [] if former == 600 else consistency_proof(reader.node_at, former, 600)
        assert is_consistent(former, 600, path, root, roots[600])
        assert not is_consistent(former, 600, path, sha256(root).digest(), roots[600])


def test_whatever_is_changed_in_a_proof_is_found(tmp_path, key):
    log = log_of(tmp_path, key, 1_000)
    note = (tmp_path / CHECKPOINT).read_text(encoding="utf-8")
    verifier = verifier_of(ORIGIN, key.public_key())
    proof = proof_of(log.reader, 321, note)
    found = proven(proof, verifier)
    assert (found.entry, found.place) == (b"entry 321", 321)
    assert len(proof) < 2_048
    chance = random.Random(5)
    content = proof.encode()
    for _ in range(2_000):
        changed = bytearray(content)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        try:
            seen = proven(changed.decode("utf-8", "replace"), verifier)
        except NoteInvalid:
            continue
        # Base64 has bits that mean nothing, and a note may have lines that nobody reads.
        assert (seen.entry, seen.place, seen.checkpoint) == found
    other = verifier_of(ORIGIN, Ed25519PrivateKey.generate().public_key())
    with pytest.raises(NoteInvalid, match="did not sign"):
        verified(note, other)


def test_a_fork_is_found_by_the_witness_that_hears_of_the_other(tmp_path, key, capsys):
    verifier = verifier_of(ORIGIN, key.public_key())
    shown, forked = tmp_path / "log", tmp_path / "fork"
    log_of(shown, key, 300)
    copytree(shown, forked)
    TileLog(forked, ORIGIN, key).append([b"another"])
    log_of(shown, key, 5)

    def sign(name, log, *heard):
        own = ["--signing-key", str(tmp_path / f"{name}.pem"), "--name", f"{name}.example/w"]
        if not (tmp_path / f"{name}.pem").exists():
            assert main(["witness", "key", *own]) == 0
            keys[name] = capsys.readouterr().out.strip()
        line = ["witness", "sign", *own, "--log", str(log), "--key", verifier]
        line += ["--state", str(tmp_path / f"{name}.seen"), *heard]
        status = main(line)
        return status, *capsys.readouterr()

    keys = {}
    status, line, _ = sign("one", shown)
    assert status == 0
    signature = tmp_path / "signature"
    signature.write_text(line)
    added = ["witness", "add", str(signature), "--log", str(shown), "--key", verifier]
    assert main([*added, "--witness", keys["one"]]) == 0
    note = (shown / CHECKPOINT).read_text(encoding="utf-8")
    assert abs(witnessed_at(note, keys["one"]) - time.time()) < 60
    assert verified(note, verifier).size == 305
    # The verifier that goes with bundles reads the same signature.
    shown_note = signed_text(note, key_of(keys["one"]))
    assert shown_note == (text_of(note), witnessed_at(note, keys["one"]))
    assert sign("two", forked)[0] == 0
    heard = ["--heard", str(tmp_path / "one.seen")]
    assert "can't be compared yet" in sign("two", forked, *heard)[2]
    heard = ["--heard", str(tmp_path / "two.seen")]
    status, line, told = sign("one", shown, *heard)
    assert (status, line) == (2, "")
    assert "a fork: the log of 305 entries does not begin with the 301" in told
    # Nor does one that goes back to an earlier state find its witness.
    status, _, told = sign("one", forked)
    assert status == 2
    with pytest.raises(NoteInvalid, match="did not witness"):
        witnessed_at((forked / CHECKPOINT).read_text(encoding="utf-8"), keys["one"])
    signature.write_text(line)
    assert main([*added, "--witness", keys["two"]]) == 2


def test_every_tampering_is_found(tmp_path, key):
    rounds = tampering_rounds()
    log_of(tmp_path, key, 290)
    found = tampered(tmp_path, verifier_of(ORIGIN, key.public_key()), rounds, seed=1)
    assert found == dict.fromkeys(KINDS, rounds)


def test_a_length_beyond_the_end_is_found(tmp_path, key):
    log_of(tmp_path, key, 290)
    verifier = verifier_of(ORIGIN, key.public_key())
    for path in sorted((tmp_path / "tile" / "entries").rglob("*")):
        if path.is_file():
            whole = path.read_bytes()
            last = len(whole) - len(TileReader(tmp_path, 290).entries(path.name != "000")[-1]) - 2
            for changed in (b"\xff\xff", b"\x01\x00"):
                path.write_bytes(whole[:last] + changed + whole[last + 2 :])
                with pytest.raises(NoteInvalid, match="cut short"):
                    audited(tmp_path, verifier)
            path.write_bytes(whole)
    assert audited(tmp_path, verifier).size == 290


def test_an_append_that_is_killed_anywhere_is_done_again(tmp_path, key, monkeypatch):
    whole = log_of(tmp_path / "whole", key, 250, 400)
    verifier = verifier_of(ORIGIN, key.public_key())

    class Killed(BaseException):
        pass

    writes = []
    real = LocalDirectory.write
    monkeypatch.setattr(
        LocalDirectory, "write", lambda *given: (writes.append(given[1]), real(*given))[1]
    )
    log_of(tmp_path / "counted", key, 250)
    before = len(writes)
    TileLog(tmp_path / "counted", ORIGIN, key).append(entries(400, 250))
    for step in range(len(writes) - before):
        place = tmp_path / f"killed-{step}"
        monkeypatch.setattr(LocalDirectory, "write", real)
        log_of(place, key, 250)
        left = [step]

        def dying(self, name, content, left=left):
            if not left[0]:
                real(self, f"{name}.half", content[: len(content) // 2])
                raise Killed
            left[0] -= 1
            real(self, name, content)

        monkeypatch.setattr(LocalDirectory, "write", dying)
        with pytest.raises(Killed):
            TileLog(place, ORIGIN, key).append(entries(400, 250))
        monkeypatch.setattr(LocalDirectory, "write", real)
        # What was signed is whole still, and other entries may come than before the end.
        assert audited(place, verifier).size == 250
        log = TileLog(place, ORIGIN, key)
        log.append(entries(399, 250))
        log.append(entries(1, 649))
        assert audited(place, verifier).root == whole.append([]).root


def test_a_record_is_found_without_reading_the_log(tmp_path, key, monkeypatch):
    log = TileLog(tmp_path, ORIGIN, key)
    chance = random.Random(2)
    ends, logged = [0, 0, 0], []
    for _ in range(5):
        batch = []
        for partition in range(3):
            for _ in range(chance.randrange(1_000)):
                ends[partition] += chance.randrange(1, 4)
                logged.append((partition, ends[partition]))
                batch.append(entry_of(partition, ends[partition], b"v"))
        log.append(batch)
        if chance.randrange(2):
            Places(tmp_path, log.reader).keep()
    places = Places(tmp_path, log.reader)
    places.keep()
    assert places.next_offsets((0, 1, 2, 3)) == {
        0: ends[0] + 1,
        1: ends[1] + 1,
        2: ends[2] + 1,
        3: 0,
    }
    read = []
    real = TileReader.entries
    monkeypatch.setattr(
        TileReader, "entries", lambda *given: (read.append(given[1]), real(*given))[1]
    )
    again = Places(tmp_path, TileReader(tmp_path, log.reader.size))
    assert again.rows == places.rows
    assert read == []
    for index in chance.sample(range(len(logged)), 50):
        assert again.index_of(*logged[index]) == index
    assert len(read) < 50 * 12
    assert again.index_of(0, 0) is again.index_of(9, 1) is None
    # A half line, or a row that can't be, is made again from the entries.
    kept = (tmp_path / FILE).read_bytes()
    for spoilt in (
        kept[:-3],
        kept.replace(b"]", b"", 1),
        b"\xff" + kept,
        kept + b"[0, 0, 0, 9, 9]\n",
    ):
        (tmp_path / FILE).write_bytes(spoilt)
        mended = Places(tmp_path, log.reader)
        assert mended.next_offsets((0, 1, 2)) == dict(enumerate(each + 1 for each in ends))
        mended.keep()
        assert Places(tmp_path, log.reader).index_of(*logged[-1]) == len(logged) - 1


def test_decisions_are_logged_once_proven_and_a_forked_log_is_found(tmp_path, codec, capsys):
    place, log = str(tmp_path / "archive"), tmp_path / "log"
    storage = storage_at(place)
    topic = "ip.decisions.events"

    def archived(*offsets):
        writer = archive_of(storage, codec)
        records = {
            (topic, partition): [
                InputRecord(topic, partition, offset, b"k", b"v%d" % offset, [], 1_795_867_200_000)
                for offset in range(max(offsets))
            ]
            for partition in (0, 1)
        }
        feed(writer, records)
        writer.close()

    secret = str(tmp_path / "key.pem")
    assert main(["decision-log", "key", "--signing-key", secret, "--origin", ORIGIN]) == 0
    verifier = capsys.readouterr().out.strip()
    append = ["decision-log", "append", "--archive", place, "--log", str(log)]
    append += ["--signing-key", secret, "--origin", ORIGIN]
    archived(10)
    assert main(append) == 0
    kept = tmp_path / "kept"
    kept.write_text((log / CHECKPOINT).read_text(encoding="utf-8"), encoding="utf-8")
    archived(25)
    assert main(append) == 0
    assert main(append) == 0
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "20 entries more, 20 in all",
        "30 entries more, 50 in all",
        "0 entries more, 50 in all",
    ]
    ask = ["decision-log", "consistent", str(kept), "--key", verifier, "--log"]
    assert main([*ask, str(log)]) == 0
    fork = tmp_path / "fork"
    forked = ["--log", str(fork), "--signing-key", secret, "--origin", ORIGIN]
    storage.delete(storage.files(topic)[0].name)
    assert main(["decision-log", "append", "--archive", place, *forked]) == 0
    assert main([*ask, str(fork)]) == 2
    assert "does not begin with the 20 entries" in capsys.readouterr().err
