"""Reads `cargo metadata` from standard input: licences, crates that must not come back, crates that come twice, and the
lowest versions that are safe. Ends with 1 and one line per finding."""

import json
import re
import sys
from collections import defaultdict

ALLOWED = {
    "MIT", "MIT-0", "Apache-2.0", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Zlib", "Unlicense", "BSL-1.0",
    "Unicode-3.0", "CC0-1.0", "PostgreSQL", "CDLA-Permissive-2.0",
}
# A second TLS stack or C crypto library, and whatever needs cmake: one default feature brings them back. rsa: its private operations
# tell about the key by their timing (RUSTSEC-2023-0071); ring signs for DKIM, and makes no keys: src/sign/rsa.rs does, from two primes.
BANNED = {"aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "cmake", "bindgen", "rsa"}
# Two versions at once, each with its reason; anything else that doubles is a finding.
DOUBLED = {
    "base64": "jsonwebtoken lags", "signature": "jsonwebtoken lags behind ed25519-dalek", "rand_core": "with signature",
    "crypto-common": "with digest", "digest": "crc-fast inside object_store lags",
    "core-foundation": "other platforms",
    "darling": "build time: handlebars and others derive with different majors",
    "darling_core": "as darling", "darling_macro": "as darling",
    "foldhash": "with hashbrown", "hashbrown": "maps inside dashmap, brotli, indexmap",
    "getrandom": "ring still uses 0.2",
    "http": "actix-web speaks http 0.2, reqwest http 1",
    "lock_api": "with parking_lot", "parking_lot": "prometheus and dashmap lag", "parking_lot_core": "with parking_lot",
    "miniz_oxide": "png lags behind flate2",
    "r-efi": "other platforms", "redox_syscall": "other platforms", "windows-sys": "other platforms",
    "windows-targets": "other platforms", "windows_x86_64_msvc": "other platforms",
    "strum": "build time", "strum_macros": "build time", "syn": "build time: derive macros are moving to syn 3",
    "winnow": "toml's two halves", "toml_datetime": "with toml",
}
FLOORS = {"diesel": (2, 3, 10), "lettre": (0, 11, 22), "h2": (0, 4, 16), "idna": (1, 0, 0), "time": (0, 3, 47), "jsonwebtoken": (10, 3, 0)}


def licence_ok(expression):
    """At least one alternative of the expression consists of allowed licences only."""
    expression = expression.replace("/", " OR ").replace(" WITH LLVM-exception", "")
    tokens = re.findall(r"\(|\)|AND|OR|[A-Za-z0-9.+-]+", expression)
    text = " ".join({"AND": "and", "OR": "or"}.get(t, t if t in "()" else str(t in ALLOWED)) for t in tokens)
    return bool(eval(text, {"__builtins__": {}}))  # noqa: S307 - only True, False, and, or, brackets


def main():
    packages = json.load(sys.stdin)["packages"]
    findings = []
    versions = defaultdict(set)
    for package in packages:
        name, version = package["name"], package["version"]
        versions[name].add(version)
        licence = package["license"]
        if not licence or not licence_ok(licence):
            findings.append(f"{name} {version}: licence {licence!r} is not on the list")
        if name in BANNED:
            findings.append(f"{name} {version}: banned (cargo tree -i {name} says who brings it)")
        if name in FLOORS:
            have = tuple(int(part) for part in re.match(r"(\d+)\.(\d+)\.(\d+)", version).groups())
            if have < FLOORS[name]:
                findings.append(f"{name} {version}: older than the safe {FLOORS[name]}")
    for name, found in sorted(versions.items()):
        if len(found) > 1 and name not in DOUBLED:
            findings.append(f"{name}: {len(found)} versions at once ({', '.join(sorted(found))})")
    print(f"{len(packages)} crates looked at")
    for finding in findings:
        print("FOUND", finding)
    return 1 if findings or len(packages) < 50 else 0


sys.exit(main())
