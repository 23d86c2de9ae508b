"""Runs a command in a pseudo-terminal: waits for what it prints, types, and tells all of it as JSON."""
import json, os, pty, select, signal, sys, time

job = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.chdir(job["folder"])
    env = {**os.environ, **job["env"], "TERM": "xterm"}
    env = {name: value for name, value in env.items() if value != ""}
    os.execvpe(job["argv"][0], job["argv"], env)

shown, steps, deadline = b"", list(job["steps"]), time.time() + job["seconds"]
seen = 0
while time.time() < deadline:
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if ready:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    if steps and steps[0][0].encode() in shown[seen:]:
        seen = len(shown)
        os.write(terminal, steps.pop(0)[1].encode())
else:
    os.kill(pid, signal.SIGKILL)
_, status = os.waitpid(pid, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "shown": shown.decode(errors="replace")}))
