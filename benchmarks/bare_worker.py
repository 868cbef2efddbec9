"""A worker that is not held: what the sandbox is measured against by ``worker_cost.py``, and by nothing else."""

import sys

from reelwise.media.workers import sandbox, worker

if __name__ == "__main__":
    sandbox.enter = lambda limits, parent, folder=None: []
    worker.main(sys.argv[1])
