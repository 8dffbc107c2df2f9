"""Compiled from problem clinic_urgent (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def clinic_urgent(patients: list[tuple[int, int]]) -> list[int]:
    begins = [-1] * len(patients)
    clock = 0
    for _ in range(len(patients)):
        chosen = -1
        highest = 0
        for number in range(len(patients)):
            arrival, urgency = patients[number]
            if begins[number] >= 0:
                continue
            if arrival > clock:
                if chosen < 0:
                    clock = arrival
                    chosen = number
                break
            if urgency > highest:
                highest = urgency
                chosen = number
        begins[chosen] = clock
        clock += 10
    return begins

def canonical(value):
    """The JSON form of an answer: tuples are lists, sets sorted lists, keys strings. ValueError if it has none."""
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, float):
        if value - value != 0:
            raise ValueError("an answer that is no finite number")
        return float(value)
    if isinstance(value, (list, tuple, range)):
        return [canonical(item) for item in value]
    if isinstance(value, (set, frozenset)):
        items = [canonical(item) for item in value]
        return sorted(items, key=lambda item: (str(type(item)), item))
    if isinstance(value, dict):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, (int, str)):  # an enum, say
        return int(value) if isinstance(value, int) else str(value)
    raise ValueError(f"an answer of type {str(type(value))[8:-2]}")


def same(a, b):
    """Whether two canonical answers are one: numbers within 1e-6 where one is a float, and True is not 1."""
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == b or (
            isinstance(a + 0 * b, float) and abs(a - b) <= 1e-6 * max(1, abs(a), abs(b)) and abs(a) < 1e300
        )
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return isinstance(a, str) and isinstance(b, str) and a == b


class ClinicUrgentEnv(gymnasium.Env):
    """Patients come to a night clinic with one doctor; each is listed in order of arrival with the minute and an urgency
    from 1 to 5, and no two come in the same minute. The doctor needs 10 minutes for each. Whenever she is free, she takes
    of the patients who are there the most urgent one, and of equally urgent ones the one listed first; if nobody is
    there, she waits for the next to come. Report the minutes in which the treatments begin, one for each patient, in the
    order of the list."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PatientsRows': 1, 'PatientsRowLength': 2, 'PatientsCell': 3, 'IsBeginsValueAtLeast0': 4, 'IsGreater': 5, 'IsChosenLessThan0': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'PatientsRows': {}, 'PatientsRowLength': {'row': 'integer'}, 'PatientsCell': {'row': 'integer', 'column': 'integer'}, 'IsBeginsValueAtLeast0': {'begins_value': 'integer'}, 'IsGreater': {'first': 'integer', 'second': 'integer'}, 'IsChosenLessThan0': {'chosen': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'patients': [(7, 1), (14, 3), (16, 4), (19, 5), (26, 2)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ClinicUrgentEnv(env_str) if env_str.startswith("ClinicUrgentEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self._finished, self._reward, self.step_count = False, 0.0, 0
        return "reset"

    def step(self, action: str) -> tuple[bool, str]:
        """Run one JSON action; a malformed one changes nothing and is told what is wrong with it."""
        self.step_count += 1
        if self._finished:
            return True, "finished"
        try:
            call = _json.loads(action)
            name, given = call["name"], {**call["parameters"]}
            kinds = self.parameters[name]
        except (KeyError, TypeError, ValueError, RecursionError):
            tools = ", ".join(self.parameters)
            return True, 'error: expected {"name": ..., "parameters": {...}}, name one of ' + tools
        if given.keys() != kinds.keys():
            return True, "error: " + name + " takes " + (", ".join(kinds) or "no parameters")
        for key, kind in kinds.items():
            number = kind in ("integer", "number")
            if not isinstance(given[key], self.KINDS[kind]) or (number and type(given[key]) is bool):
                return True, "error: " + key + " must be of type " + kind
            if type(given[key]) is int and abs(given[key]) > 10**400:
                return True, "error: " + key + " is too large"
        try:
            value = getattr(self, name)(**given)
            return True, value if name == "Observe" else _json.dumps(value)
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
            return True, "error: " + name + " cannot work with these parameters"

    def get_ref_answer(self):
        return canonical((clinic_urgent)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "patients: 5 rows of whole numbers"
        """
        return "\n".join(['patients: {} rows of whole numbers'.format(len(self.config['patients']))])

    def PatientsRows(self) -> int:
        """Count the rows of patients.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "5"
        """
        return len(self.config['patients'])

    def PatientsRowLength(self, row: int) -> int:
        """Count what is in one row of patients.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['patients'][row])

    def PatientsCell(self, row: int, column: int) -> int:
        """Read what is in one row of patients, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "7"
        """
        return self.config['patients'][row][column]

    def IsBeginsValueAtLeast0(self, begins_value: int) -> bool:
        """Tell whether `begins_value` is at least 0.
        Args:
            begins_value (int): the begins value
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return begins_value >= 0

    def IsGreater(self, first: int, second: int) -> bool:
        """Tell whether `first` is greater than `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return first > second

    def IsChosenLessThan0(self, chosen: int) -> bool:
        """Tell whether `chosen` is less than 0.
        Args:
            chosen (int): value of chosen
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return chosen < 0

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (list): the answer, a list, in the order asked for; where order does not matter, ascending
        Returns:
            str: "recorded"
        Example Output:
            "\"recorded\""
        """
        self._finished, self._reward = True, float(same(answer, self.get_ref_answer()))
        return "recorded"

    def solve(self):
        """The original's control flow, with a call wherever a tool does it."""

        def call(name, /, **parameters):
            return _json.loads(self.step(_json.dumps({"name": name, "parameters": parameters}))[1])

        def row_patients(row):
            return tuple([call("PatientsCell", row=row, column=column) for column in range(call("PatientsRowLength", row=row))])

        def each_patients():
            for row in range(call("PatientsRows")):
                yield row_patients(row)

        def read_patients():
            return list(each_patients())

        def clinic_urgent():
            begins = [-1] * call('PatientsRows')
            clock = 0
            for _ in range(call('PatientsRows')):
                chosen = -1
                highest = 0
                for number in range(call('PatientsRows')):
                    arrival, urgency = row_patients(number)
                    if call('IsBeginsValueAtLeast0', begins_value=begins[number]):
                        continue
                    if call('IsGreater', first=arrival, second=clock):
                        if call('IsChosenLessThan0', chosen=chosen):
                            clock = arrival
                            chosen = number
                        break
                    if call('IsGreater', first=urgency, second=highest):
                        highest = urgency
                        chosen = number
                begins[chosen] = clock
                clock += 10
            return begins

        call("Done", answer=canonical(clinic_urgent()))
