"""Work that happens outside a request: the queue and its embedded server, worker, schedule and supervisor.

What a job does lives in the rooms below; here is only how it is asked for, started, repeated and stopped.
"""
