"""A private PostgreSQL cluster that may be stopped and killed: not the one that other tests share."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Cluster:
    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [shutil.which("initdb")]
        assert found[-1], "these tests need a PostgreSQL server (Debian: apt-get install postgresql)"
        self.bin, self.port = os.path.dirname(found[-1]), free_port()
        self.dir, self.names = tempfile.mkdtemp(prefix="attesta-pg-"), 0
        # PostgreSQL refuses to run as root.
        self.account = {}
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.dir, nobody.pw_uid, nobody.pw_gid)
            self.account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.run("initdb", "-D", f"{self.dir}/data", "-A", "trust", "-U", "attesta", "-E", "UTF8", "--no-sync")
        self.control("start")

    def run(self, program, *args):
        done = subprocess.run([f"{self.bin}/{program}", *args], cwd=self.dir, stdin=subprocess.DEVNULL, capture_output=True, check=False, **self.account)
        assert done.returncode == 0, f"{program} {args}: {done.stderr.decode()}"
        return done.stdout.decode()

    def control(self, *args):
        """pg_ctl, which returns when it is done. Its server keeps no pipe of ours open."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        command = [f"{self.bin}/pg_ctl", "-D", f"{self.dir}/data", "-l", f"{self.dir}/log", "-o", options, "-w", *args]
        done = subprocess.run(command, cwd=self.dir, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **self.account)
        assert done.returncode == 0, f"pg_ctl {args}; its log is {self.dir}/log"

    def database(self):
        """The URL of a fresh, empty database."""
        self.names += 1
        name = f"t{self.names}"
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "attesta", name)
        return f"postgres://attesta@127.0.0.1:{self.port}/{name}"

    def dump(self, url):
        return self.run("pg_dump", url)

    def close(self):
        self.control("stop", "-m", "immediate")
        shutil.rmtree(self.dir)
