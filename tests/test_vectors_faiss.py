"""What only the store over faiss promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import faiss
import numpy as np

from regional_qa.backends.vectors_faiss import FaissVectors


def test_one_core_in_every_thread() -> None:
    """faiss counts cores by thread: a server's threads and the one that builds must be told, too."""
    rows = np.eye(4, dtype=np.float32)

    def cores_after() -> tuple[int, int]:
        store = FaissVectors.build(rows)
        built = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(3)
        store.search(rows[0], 2)
        return built, faiss.omp_get_max_threads()

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(cores_after).result() == (1, 1)
