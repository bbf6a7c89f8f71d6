"""NumPy's product of a matrix with a query, as `bench search COUNT bench/numpy-product.py` asks: float32, on all cores.

Takes the file of float16 rows, their dimension and a file of float32 queries; prints the median seconds of one query's product with its
ten best, and of all queries together, a query.
"""

import statistics
import sys
import time

import numpy

rows = numpy.fromfile(sys.argv[1], dtype=numpy.float16).reshape(-1, int(sys.argv[2])).astype(numpy.float32)
queries = numpy.fromfile(sys.argv[3], dtype=numpy.float32).reshape(-1, int(sys.argv[2]))


def best(query):
    scores = rows @ query
    top = numpy.argpartition(-scores, 10)[:10]
    return top[numpy.argsort(-scores[top])]


def seconds(work, rounds):
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


print(seconds(lambda: rows @ queries[0], 9), seconds(lambda: best(queries[0]), 9), seconds(lambda: queries @ rows.T, 3) / len(queries))
