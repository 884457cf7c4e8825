"""The reference implementation's word on .ots files: Debian's python3-opentimestamps and python3-bitcoinlib.

Reads one JSON object on standard input, {"seed": n, "make": n, "judge": [{"file": hex, "headers": {height: hex}}]}, and answers with
{"made": [{"file", "headers"}], "verdicts": [null or {"written", "attestations": [[message, kind, value]], "verified": [[height, time]]}]}.
"""

import json
import random
import sys
import warnings

import bitcoin
from bitcoin.core import CBlockHeader, CheckBlockHeader, CheckBlockHeaderError
from opentimestamps.core.dubious.notary import EthereumBlockHeaderAttestation
from opentimestamps.core.notary import (
    BitcoinBlockHeaderAttestation,
    LitecoinBlockHeaderAttestation,
    PendingAttestation,
    UnknownAttestation,
    VerificationError,
)
from opentimestamps.core.op import (
    OpAppend,
    OpHexlify,
    OpKECCAK256,
    OpPrepend,
    OpReverse,
    OpRIPEMD160,
    OpSHA1,
    OpSHA256,
)
from opentimestamps.core.serialize import BytesDeserializationContext, BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp, cat_sha256, cat_sha256d, make_merkle_tree

warnings.simplefilter("ignore")
bitcoin.SelectParams("regtest")

FAR_FUTURE = 2**33
CALENDARS = ["https://alice.btc.calendar.opentimestamps.org", "https://bob.btc.calendar.opentimestamps.org", "https://c.example/a/b"]


def write(detached):
    ctx = BytesSerializationContext()
    detached.serialize(ctx)
    return ctx.getbytes().hex()


def describe(attestation):
    if isinstance(attestation, PendingAttestation):
        return ["pending", attestation.uri]
    if isinstance(attestation, BitcoinBlockHeaderAttestation):
        return ["bitcoin", attestation.height]
    if isinstance(attestation, LitecoinBlockHeaderAttestation):
        return ["litecoin", attestation.height]
    if isinstance(attestation, EthereumBlockHeaderAttestation):
        return ["ethereum", attestation.height]
    return ["unknown", attestation.TAG.hex() + attestation.payload.hex()]


def verify(message, attestation, headers):
    """The block's time, or None when its header is not known, lacks the work or commits to something else."""
    if not isinstance(attestation, BitcoinBlockHeaderAttestation) or str(attestation.height) not in headers:
        return None
    try:
        header = CBlockHeader.deserialize(bytes.fromhex(headers[str(attestation.height)]))
        CheckBlockHeader(header, cur_time=FAR_FUTURE)
        return attestation.verify_against_blockheader(message, header)
    except (CheckBlockHeaderError, VerificationError, bitcoin.core.SerializationError):
        return None


def judge(case):
    try:
        detached = DetachedTimestampFile.deserialize(BytesDeserializationContext(bytes.fromhex(case["file"])))
    except Exception:  # whatever it is, the reference does not take this file
        return None
    attestations = sorted(detached.timestamp.all_attestations(), key=lambda found: (found[0], describe(found[1])[0], str(describe(found[1])[1])))
    times = [(attestation, verify(message, attestation, case["headers"])) for message, attestation in attestations]
    return {
        "written": write(detached),
        "attestations": [[message.hex(), *describe(attestation)] for message, attestation in attestations],
        "verified": [[attestation.height, time] for attestation, time in times if time is not None],
    }


def mine(merkle_root, time):
    nonce = 0
    while True:
        header = CBlockHeader(4, bytes(32), merkle_root, time, 0x207FFFFF, nonce)
        try:
            CheckBlockHeader(header, cur_time=FAR_FUTURE)
            return header
        except CheckBlockHeaderError:
            nonce += 1


def in_block(rng, stamp, headers):
    """Puts the message into a transaction, that among others, and those into a block."""
    tx = cat_sha256d(stamp.ops.add(OpPrepend(rng.randbytes(41))), rng.randbytes(12))
    txids = [tx] + [Timestamp(rng.randbytes(32)) for _ in range(rng.randrange(6))]
    rng.shuffle(txids)
    root = make_merkle_tree(txids, binop=cat_sha256d)
    height = rng.choice([5, 200, 70_000, 850_000]) + rng.randrange(50_000)
    root.attestations.add(BitcoinBlockHeaderAttestation(height))
    headers[str(height)] = mine(root.msg, 1_700_000_000 + rng.randrange(10**6)).serialize().hex()


def make(rng):
    file_hash_op = rng.choice([OpSHA256(), OpSHA256(), OpSHA1(), OpRIPEMD160(), OpKECCAK256()])
    start = Timestamp(rng.randbytes(file_hash_op.DIGEST_LENGTH))
    headers = {}
    commitment = cat_sha256(start, rng.randbytes(16)) if rng.random() < 0.8 else start
    for uri in rng.sample(CALENDARS, rng.randint(1, 3)):
        stamp = commitment
        for _ in range(rng.randrange(5)):
            stamp = cat_sha256(stamp, rng.randbytes(32)) if rng.random() < 0.5 else cat_sha256(rng.randbytes(32), stamp).ops.add(OpSHA1())
            if rng.random() < 0.1:
                stamp = stamp.ops.add(rng.choice([OpReverse(), OpHexlify(), OpKECCAK256(), OpRIPEMD160()]))
        stamp = stamp.ops.add(OpPrepend(rng.randbytes(4))).ops.add(OpAppend(rng.randbytes(8)))
        upgraded = rng.random() < 0.5
        if upgraded:
            in_block(rng, stamp, headers)
        if not upgraded or rng.random() < 0.7:
            stamp.attestations.add(PendingAttestation(uri))
        if rng.random() < 0.2:
            stamp.attestations.add(UnknownAttestation(rng.randbytes(8), rng.randbytes(rng.randrange(100))))
            stamp.attestations.add(LitecoinBlockHeaderAttestation(rng.randrange(2**24)))
    return {"file": write(DetachedTimestampFile(file_hash_op, start)), "headers": headers}


def main():
    work = json.load(sys.stdin)
    rng = random.Random(work["seed"])
    made = [make(rng) for _ in range(work["make"])]
    json.dump({"made": made, "verdicts": [judge(case) for case in work["judge"]]}, sys.stdout)


main()
