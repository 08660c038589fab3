"""What the comparison scripts share: the yardsticks' installation, and our program as a function."""
import os
import shutil
import subprocess
import sys
import tempfile

REPO = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PYTHON = "/usr/bin/python3"  # Debian's, which sees Debian's packages


def require_debian_packages(*packages):
    """Installs Debian packages that are missing, and goes on under Debian's Python."""
    missing = [p for p in packages if subprocess.run(["dpkg", "-s", p], capture_output=True).returncode != 0]
    if missing:
        command = ["apt-get", "install", "-y", "-q", "-o", "DPkg::Lock::Timeout=300", *missing]
        if os.geteuid() != 0:
            if not shutil.which("sudo"):
                sys.exit("run as root: " + " ".join(command))
            command = ["sudo", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    if os.path.realpath(sys.executable) != os.path.realpath(PYTHON):
        os.execv(PYTHON, [PYTHON, *sys.argv])


def bench_program():
    """Builds the benchmark project and returns the command that runs it."""
    project = os.path.join(REPO, "bench", "Almagest.Bench")
    subprocess.run(["dotnet", "build", project, "-c", "Release", "-v", "q"], check=True, stdout=subprocess.DEVNULL)
    return ["dotnet", os.path.join(project, "bin", "Release", "net10.0", "Almagest.Bench.dll")]


def our_forest_scores(program, matrix, seed):
    import numpy as np
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "in.f64"), os.path.join(folder, "out.f64")
        np.ascontiguousarray(matrix, dtype="<f8").tofile(source)
        subprocess.run([*program, "forest-scores", source, str(matrix.shape[1]), str(seed), target], check=True)
        return np.fromfile(target, dtype="<f8")
