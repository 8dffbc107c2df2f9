"""Appended to the source of an environment and run by pool.map, never imported: one request (JSON) in, one reply out.
Names begin with _cg_, so that they meet none of the environment's; _cg_canonical is original.canonical.

solve() is called on a view that has `step` and nothing else. In the mode "replies" there is not even an environment in
the process: step gives what was recorded, so that a solve() that acts as it did then knows nothing but observations.
"""

import ast as _cg_ast
import json as _cg_json
import random as _cg_random
import signal as _cg_signal
import time as _cg_time


class _cg_Stop(BaseException):
    """Unwinds solve() after its end. Not an Exception, so that its `except Exception` lets it pass."""


class _cg_Fault(Exception):
    """The contract is broken: (check, detail)."""


def _cg_error(error):
    return (
        ["contract", f"{type(error).__name__}: {error}"[:300]] if not isinstance(error, _cg_Fault) else list(error.args)
    )


def _cg_construct(cls, config, reset=False):
    env = cls.from_env_str(f"{cls.__name__}@{config}")
    if env is None:
        raise _cg_Fault("contract", "from_env_str returned None")
    if type(env.finished) is not bool or env.finished:
        raise _cg_Fault("contract", f"finished is {env.finished!r:.80} at the start, not False")
    if reset:
        env.reset()
    return env


def _cg_step(env, action):
    """(observation, finished, reward) of one step that keeps to the contract."""
    reply = env.step(action)
    if type(reply) is not tuple or len(reply) != 2 or type(reply[0]) is not bool or type(reply[1]) is not str:
        raise _cg_Fault("contract", f"step returned {type(reply).__name__} {reply!r:.80}, not (bool, str)")
    finished, reward = env.finished, env.reward
    if type(finished) is not bool or type(reward) not in (bool, int, float):
        raise _cg_Fault("contract", f"finished is {finished!r:.80} and reward {reward!r:.80}, not a bool and a number")
    return reply[1], finished, float(reward)


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


def _cg_solve(cls, helpers, step):
    """Call solve() on a view. Returns what else it asked for, and its exception."""
    asked, found, scope = [], "", cls.solve.__globals__

    def literal(text, *_):  # what eval() is while solve() runs
        try:
            return _cg_ast.literal_eval(text)
        except ValueError:
            asked.append(f"eval({text!r:.80})")
            raise

    class View:
        def __getattribute__(self, name):
            if name == "step":
                return visible
            if name in helpers:
                return cls.__dict__[name].__get__(self, View)
            asked.append(name)
            raise AttributeError(f"solve() has step and no {name}")

        def __setattr__(self, name, value):
            asked.append(name)

    def visible(action):
        scope.pop("eval", None)
        try:
            return True, step(action)
        finally:
            scope["eval"] = literal

    scope["eval"] = literal
    try:
        cls.solve(View())
    except _cg_Stop:
        pass
    except Exception as error:
        found = _cg_error(error)
    scope.pop("eval", None)
    return asked, found


def _cg_run(cls, config, helpers, reset=False):
    """solve() in its environment: steps [action, observation], reward (None: no Done), early: rewards without Done."""
    steps, ended, early = [], [], []
    try:
        env = _cg_construct(cls, config, reset)
    except Exception as error:
        return {"error": _cg_error(error), "steps": [], "reward": None, "asked": [], "early": []}

    def step(action):
        if ended:
            raise _cg_Stop
        if type(action) is not str:
            raise _cg_Fault("oracle_fails", f"solve: an action is {type(action).__name__}, not str")
        observation, finished, reward = _cg_step(env, action)
        steps.append([action, observation])
        if (finished or reward) and '"Done"' not in action:
            early.append(action)
        if finished:
            ended.append(reward)
        return observation

    asked, error = _cg_solve(cls, helpers, step)
    reward = ended[0] if ended else None
    return {"error": "" if ended else error, "steps": steps, "reward": reward, "asked": asked, "early": early}


def _cg_echo(cls, helpers, replies):
    """The actions of solve() where the replies are all there is."""
    actions = []

    def step(action):
        if len(actions) == len(replies):
            raise _cg_Stop
        actions.append(action)
        return replies[len(actions) - 1]

    asked, _ = _cg_solve(cls, helpers, step)
    return {"actions": actions, "asked": asked}


def _cg_mutant(cls, request):
    """How far it is like the original: [reference, whether Done(expected) and solve() earn, digest] a case, up to one
    where these do not."""
    rows, spent = [], 0.0
    for config, done in request["cases"]:
        start = _cg_time.process_time()
        _cg_signal.setitimer(_cg_signal.ITIMER_VIRTUAL, request["cpu_s"], request["cpu_s"])
        run = _cg_run(cls, config, request["helpers"])
        last = _cg_script(cls, config, [done])[-1]
        row = [
            _cg_reference(cls, config),
            len(last) == 3 and last[2] >= 1,
            run["reward"] is not None and run["reward"] >= 1,
        ]
        spent = max(spent, _cg_time.process_time() - start)
        rows.append([*row, hash(_cg_json.dumps([row, run["steps"]]))])
        if not all(row):
            break
    return {"rows": rows, "cpu_s": spent}


def codegym_check(text):
    """Everything that is asked for about one configuration."""
    request = _cg_json.loads(text)
    cls, config = globals()[request["class"]], request.get("config")
    for path, code in request.get("patch", ()):
        scope = {}
        exec(code, globals(), scope)
        owner, _, name = path.rpartition(".")
        if owner:
            setattr(globals()[owner], name, scope[owner].__dict__[name])
        else:
            globals()[name] = scope[name]
    if seed := request.get("seed", 0):  # another day, other random numbers
        _cg_random.seed(seed)
        _cg_time.real = getattr(_cg_time, "real", _cg_time.time)
        _cg_time.time = lambda: _cg_time.real() + 90061 * seed
    elif hasattr(_cg_time, "real"):
        _cg_time.time = _cg_time.real
    reply = {}
    if "scripts" in request:
        reply["scripts"] = [_cg_script(cls, config, actions) for actions in request["scripts"]]
    if request.get("reference"):
        reply["reference"] = _cg_reference(cls, config, request.get("reset", False))
    if request.get("solve"):
        reply |= _cg_run(cls, config, request["helpers"], request.get("reset", False))
    if "replies" in request:
        reply |= _cg_echo(cls, request["helpers"], request["replies"])
    if "cases" in request:  # a mutant that loops must not cost what an honest run may
        _cg_signal.signal(_cg_signal.SIGVTALRM, _cg_expire)
        try:
            reply |= _cg_mutant(cls, request)
        except _cg_Stop:
            reply["rows"] = []
        finally:
            _cg_signal.setitimer(_cg_signal.ITIMER_VIRTUAL, 0)
    return _cg_json.dumps(reply)


def _cg_expire(*_):
    raise _cg_Stop
