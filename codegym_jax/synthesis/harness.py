"""Appended to the source of an environment and run by pool.map, never imported: requests in, replies out, apart by
blank lines. Each is a line of JSON; transcripts are lines of their own, so that the outside can compare and send them
unread. Names begin with _cg_, so that they meet none of the environment's; _cg_canonical is original.canonical.

solve() is called on a view that has `step` and nothing else. To echo it there is not even an environment in the
process: step gives what was recorded, so that a solve() that acts as it did then knows nothing but observations.
"""

import ast as _cg_ast
import json as _cg_json
import marshal as _cg_marshal
import random as _cg_random
import signal as _cg_signal
import sys as _cg_sys
import time as _cg_time

_cg_code = _cg_sys._getframe().f_code  # of the whole module
_cg_NUMBERS = {bool, int, float}
_cg_running = {}  # the class whose solve() runs, and what that asked for
_cg_MOST, _cg_MOST_S = 500_000, 0.1  # characters of replies, and CPU seconds: half of what map allows, a tenth


class _cg_Stop(BaseException):
    """Unwinds solve() after its end. Not an Exception, so that its `except Exception` lets it pass."""


class _cg_Fault(Exception):
    """The contract is broken: (check, detail)."""


def _cg_error(error):
    return (
        ["contract", f"{type(error).__name__}: {error}"[:300]] if not isinstance(error, _cg_Fault) else list(error.args)
    )


def _cg_fresh():
    """The class in a module of its own, which lacks this text: nothing in it knows of what ran before."""
    module = _cg_sys.modules["environment"] = type(_cg_sys)("environment")
    module.__dict__["_cg_mark"] = True
    exec(_cg_code, module.__dict__)
    return module.__dict__[_cg_class]  # noqa: F821


def _cg_construct(cls, config, reset=False):
    env = cls.from_env_str(f"{cls.__name__}@{config}")
    if env is None:
        raise _cg_Fault("contract", "from_env_str returned None")
    if type(env.finished) is not bool or env.finished:
        raise _cg_Fault("contract", f"finished is {env.finished!r:.80} at the start, not False")
    if reset:
        env.reset()
    return env


def _cg_broken(reply, finished, reward):
    """Raise what is wrong with one step."""
    if type(reply) is not tuple or len(reply) != 2 or type(reply[0]) is not bool or type(reply[1]) is not str:
        raise _cg_Fault("contract", f"step returned {type(reply).__name__} {reply!r:.80}, not (bool, str)")
    raise _cg_Fault("contract", f"finished is {finished!r:.80} and reward {reward!r:.80}, not a bool and a number")


def _cg_step(env, action):
    """(observation, finished, reward) of one step that keeps to the contract."""
    reply, finished, reward = env.step(action), env.finished, env.reward
    if type(reply) is not tuple or len(reply) != 2 or type(reply[0]) is not bool or type(reply[1]) is not str:
        _cg_broken(reply, finished, reward)
    if type(finished) is not bool or type(reward) not in _cg_NUMBERS:
        _cg_broken(reply, finished, reward)
    return reply[1], finished, reward


def _cg_script(cls, config, actions):
    """What each action gives, up to one that breaks the contract: its place takes the check and what was wrong."""
    rows = []
    try:
        env = _cg_construct(cls, config)
        for action in actions:
            rows.append(_cg_step(env, action))
    except Exception as error:
        rows.append(_cg_error(error))
    return rows


def _cg_reference(cls, config, reset=False):
    try:
        return _cg_json.dumps(_cg_canonical(_cg_construct(cls, config, reset).get_ref_answer()))  # noqa: F821
    except Exception as error:
        return _cg_error(error)


class _cg_View:
    """What solve() is called on: `step`, and its own helpers. What else it asks for is noted, but for what every object
    has, at which format() gets, say."""

    __slots__ = ("step",)

    def __getattr__(self, name):
        if name in _cg_helpers:  # noqa: F821
            return _cg_running["cls"].__dict__[name].__get__(self, _cg_View)
        _cg_running["asked"].append(name)
        raise AttributeError(f"solve() has step and no {name}")

    def __setattr__(self, name, value):
        _cg_running["asked"].append(name)


class _cg_Strict(_cg_View):
    """The same, and that is noted too. A call costs a tenth more."""

    __slots__ = ()

    def __getattribute__(self, name):
        return object.__getattribute__(self, name) if name == "step" else _cg_View.__getattr__(self, name)


def _cg_solve(cls, step, lean=False):
    """Call solve() on a view of that step. Returns what else it asked for, and its exception."""
    asked, found, scope = [], "", cls.solve.__globals__

    def literal(text, *_):  # what eval() is while solve() runs
        try:
            return _cg_ast.literal_eval(text)
        except ValueError:
            asked.append(f"eval({text!r:.80})")
            raise

    def without(action):
        scope.pop("eval", None)
        try:
            return step(action)
        finally:
            scope["eval"] = literal

    view = (_cg_View if lean else _cg_Strict)()
    _cg_running.update(asked=asked, cls=cls)
    object.__setattr__(view, "step", without if _cg_evals else step)  # noqa: F821
    if _cg_evals:  # noqa: F821
        scope["eval"] = literal
    try:
        cls.solve(view)
    except _cg_Stop:
        pass
    except Exception as error:
        found = _cg_error(error)
    if _cg_evals:  # noqa: F821
        scope.pop("eval", None)
    return asked, found


def _cg_run(cls, config, reset=False, lean=False):
    """solve() in its environment: the reply, with its reward (None: no Done) and rewards without Done; actions, and
    observations."""
    actions, observations, ended, early = [], [], [], []
    try:
        env = _cg_construct(cls, config, reset)
    except Exception as error:
        return {"error": _cg_error(error), "calls": 0, "reward": None, "asked": [], "early": [], "last": ""}, [], []

    def step(action):
        if ended:
            raise _cg_Stop
        if type(action) is not str:
            raise _cg_Fault("oracle_fails", f"solve: an action is {type(action).__name__}, not str")
        reply = env.step(action)  # as _cg_step does it; one call less is a twentieth of the work
        finished, reward = env.finished, env.reward
        if type(reply) is not tuple or len(reply) != 2 or type(finished) is not bool or type(reward) not in _cg_NUMBERS:
            _cg_broken(reply, finished, reward)
        valid, observation = reply
        if type(valid) is not bool or type(observation) is not str:
            _cg_broken(reply, finished, reward)
        actions.append(action)
        observations.append(observation)
        if finished or reward:
            if '"Done"' not in action:
                early.append(action)
            if finished:
                ended.append(reward)
        return True, observation

    asked, error = _cg_solve(cls, step, lean)
    reply = {"error": "" if ended else error, "calls": len(actions), "asked": asked, "early": early}
    return reply | {"reward": ended[0] if ended else None, "last": "".join(actions[-1:])}, actions, observations


def _cg_replay(cls, config, actions):
    """Those actions in an environment, without solve()."""
    observations, finished, reward = [], False, 0.0
    try:
        env = _cg_construct(cls, config)
        for action in actions:
            observation, finished, reward = _cg_step(env, action)
            observations.append(observation)
    except Exception as error:
        return {"error": _cg_error(error), "reward": None}, observations
    return {"error": "", "reward": reward if finished else None}, observations


def _cg_echo(cls, replies):
    """The actions of solve() where the replies are all there is."""
    actions = []

    def step(action):
        if len(actions) == len(replies):
            raise _cg_Stop
        actions.append(action)
        return True, replies[len(actions) - 1]

    asked, _ = _cg_solve(cls, step)
    return asked, actions


def _cg_mutant(cls, request):
    """How far it is like the original: [reference, whether Done(expected) and solve() earn, digest] a case, up to one
    where these do not; and the lines of the source that were executed, where those in question are given."""
    rows, spent, seen, wanted = [], 0.0, set(), set(request.get("lines", ()))

    def trace(frame, *_):
        if not wanted or frame.f_code.co_filename != "<env>" or frame.f_code.co_firstlineno not in wanted:
            return None
        seen.add(frame.f_lineno)
        return trace_lines

    def trace_lines(frame, *_):
        seen.add(frame.f_lineno)
        return trace_lines

    for config, done, like in request["cases"]:
        start = _cg_time.process_time()
        _cg_signal.setitimer(_cg_signal.ITIMER_VIRTUAL, request["cpu_s"], request["cpu_s"])
        _cg_sys.settrace(trace if wanted else None)
        row = [_cg_reference(cls, config), False, False, 0]
        if like in (None, row[0]):
            last = _cg_script(cls, config, [done])[-1]
            row[1] = len(last) == 3 and last[2] >= 1
        if row[1]:
            run, *steps = _cg_run(cls, config)
            row[2] = run["reward"] is not None and run["reward"] >= 1
            row[3] = hash(_cg_json.dumps([row, steps]))
        _cg_sys.settrace(None)
        spent = max(spent, _cg_time.process_time() - start)
        rows.append(row)
        if not row[2]:
            break
    return {"rows": rows, "cpu_s": spent, "lines": sorted(seen & wanted)}


def _cg_remember(text):
    """Everything here parses the same configuration, some eight times, which would be most of the work."""
    parse = _cg_ast.literal_eval = getattr(_cg_ast, "parsed", _cg_ast.literal_eval)
    try:
        data = _cg_marshal.dumps(parse(text))
    except Exception:  # no literal
        return
    if b"<" in data:  # a set may come back in another order
        return
    _cg_ast.parsed = parse
    _cg_ast.literal_eval = lambda node_or_string: (
        _cg_marshal.loads(data) if node_or_string == text else parse(node_or_string)
    )


def codegym_check(text):
    """A reply to each request, until that takes long or becomes long; the rest is asked again."""
    replies, size, end = [], 0, _cg_time.process_time() + _cg_MOST_S
    for request in text.split("\n\n"):
        replies.append(_cg_answer(request, not replies))
        size += len(replies[-1])
        if size > _cg_MOST and len(replies) > 1:
            del replies[-1]
        if size > _cg_MOST or _cg_time.process_time() > end:
            break
    return "\n\n".join(replies)


def _cg_answer(text, first):
    """Everything that is asked for about one configuration."""
    request, *lines = text.split("\n")
    request = _cg_json.loads(request)
    config = request.get("config")
    _cg_remember(config)
    cls = globals()[_cg_class] if first else _cg_fresh()  # noqa: F821
    for path, code in request.get("patch", ()):
        scope = {}
        exec(code, globals(), scope)
        owner, _, function = path.rpartition(".")
        if owner:
            setattr(globals()[owner], function, scope[owner].__dict__[function])
        else:
            globals()[function] = scope[function]
    seed = request.get("seed", 0)
    if seed or _cg_draws:  # noqa: F821
        _cg_random.seed(seed)
    if seed:  # another day, other random numbers
        _cg_time.real = getattr(_cg_time, "real", _cg_time.time)
        _cg_time.time = lambda: _cg_time.real() + 90061 * seed
    elif hasattr(_cg_time, "real"):
        _cg_time.time = _cg_time.real
    # Near misses come before anything that knows the answer, and each part has a module where nothing ran before; but
    # for the reference after "earn", to which a second module would be a tenth of the work.
    reply, steps = {}, []
    if "scripts" in request:
        reply["scripts"] = [_cg_script(cls, config, actions) for actions in request["scripts"]]
    if "solve" in request or "earn" in request:
        run, *steps = _cg_run(_cg_fresh() if reply else cls, config, "reset" in request, "earn" in request)
        reply |= run
    if "earn" in request:  # what it was is not asked
        steps = []
    if "reference" in request:
        same = "earn" in request or not reply
        reply["reference"] = _cg_reference(cls if same else _cg_fresh(), config, "reset" in request)
    if "replay" in request:
        run, *steps = _cg_replay(_cg_fresh() if reply else cls, config, _cg_json.loads(lines[0]))
        reply |= run
    if "echo" in request:
        reply["asked"], *steps = _cg_echo(cls, _cg_json.loads(lines[0]))
    if "cases" in request:  # a mutant that loops must not cost what an honest run may
        _cg_signal.signal(_cg_signal.SIGVTALRM, _cg_expire)
        try:
            reply |= _cg_mutant(cls, request)
        except _cg_Stop:
            reply["rows"] = []
        finally:
            _cg_signal.setitimer(_cg_signal.ITIMER_VIRTUAL, 0)
    lines = [_cg_json.dumps(line) for line in steps]
    if len("".join(lines)) > _cg_MOST:  # a solution may well define its own sum()
        reply["long"], lines = True, ["[]"] * len(lines)
    return "\n".join([_cg_json.dumps(reply), *lines])


def _cg_expire(*_):
    raise _cg_Stop
