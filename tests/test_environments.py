"""Environment sets on disk: what is read from a source, what comes back from a folder, and what is refused."""

import json
import shutil
from pathlib import Path

import draw_tasks
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codegym_jax import environments
from codegym_jax.environments import EnvironmentFormatError, EnvironmentSet
from codegym_jax.types import Task

STARTER = Path(__file__).parents[1] / "envs" / "starter"
SOURCE = '''
import gymnasium


class TinyEnv(gymnasium.Env):
    """Guess.

    More of the statement.
    """

    def __init__(self, env_str=None):
        self.func_mapping = {"Observe": 0, "Pick": 1, "Done": 2}

    def Observe(self):
        r"""

        Look around.
        Twice.

        Args:
            None

        Returns:
            str: what there is

        Example Output:
            "a \\d"
        """

    def Pick(self, arr: list, where: "int", how=1, key: str | None = None, table: dict[str, int] = {}, any: object = 0):
        """Pick things.
        Args:
            arr (list[int]): the
                things (all of them)
            where (int): place: from 0
            how (float, optional): force
            nobody (int): not a parameter
        Returns:
            str: the thing,
            as text
        """

    def Done(self, answer):
        """Answer.

        Args:
            answer (List[List[str]]): the answer
        """
'''
NAME = "own_7__TinyEnv"


def write(folder, source=SOURCE, rows=(), name=NAME):
    folder.mkdir(parents=True, exist_ok=True)
    if source is not None:
        (folder / f"{name}.py").write_text(source)
    if rows:
        (folder / "tasks.jsonl").write_text(
            "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows)
        )
    return folder


def row(**fields):
    return {"ability": f"codegym_v1@{NAME}@{{'n': 1}}"} | fields


def prompt(text):
    return [{"role": "system", "content": "def Look():"}, {"role": "user", "content": text}]


def parsed(source=SOURCE, name=NAME):
    return environments.parse_environment(source, name, "file.py")


def test_statement_is_the_class_docstring():
    assert parsed().statement == "Guess.\n\nMore of the statement."


def test_tool_texts_come_from_the_docstring_without_the_example():
    tools = {tool.name: tool for tool in parsed().tools}
    assert (tools["Observe"].description, tools["Observe"].returns) == ("Look around. Twice.", "str: what there is")
    assert tools["Observe"].parameters == {"type": "object", "properties": {}, "required": []}
    assert tools["Pick"].returns == "str: the thing, as text"


def test_parameter_schemas_come_from_annotations_and_docstrings():
    assert {tool.name: tool.parameters for tool in parsed().tools}["Pick"] == {
        "type": "object",
        "properties": {
            "arr": {"type": "array", "items": {"type": "integer"}, "description": "the things (all of them)"},
            "where": {"type": "integer", "description": "place: from 0"},
            "how": {"type": "number", "description": "force"},
            "key": {"type": "string"},
            "table": {"type": "object"},
            "any": {},
        },
        "required": ["arr", "where"],
    }


def test_nested_array_schema_of_an_untyped_parameter():
    done = parsed().tools[-1].parameters["properties"]["answer"]
    assert done["items"] == {"type": "array", "items": {"type": "string"}}


def test_reading_never_executes_the_source(tmp_path):
    mark = tmp_path / "ran"
    code = f"open({str(mark)!r}, 'w')\n{SOURCE}\nraise SystemExit"
    assert environments.load(write(tmp_path / "set", code, [row()])).environments[NAME].source == code
    assert not mark.exists()


@pytest.mark.parametrize(
    ("source", "name", "says"),
    [
        (SOURCE.replace("        self.func", "        self,func"), NAME, r"file\.py:\d+: func_mapping: no Done"),
        (SOURCE.replace('"Pick": 1', '"Drop": 1'), NAME, r"file\.py:12: func_mapping: 'Drop' is no method; add it"),
        (SOURCE.replace(', "Done": 2', ""), NAME, r"file\.py:5: func_mapping: no Done"),
        (SOURCE.replace("def Done", "def Done !"), NAME, r"file\.py:43: Python cannot parse this source: .*; fix it"),
        (SOURCE + "x = '\0'", NAME, r"file\.py:.*null byte"),
        (SOURCE + "x = " + "-" * 100_000 + "1", NAME, r"file\.py:.*Python cannot parse"),
        (SOURCE, "own_7__HugeEnv", r"file\.py:1: no class HugeEnv.*it has \['TinyEnv'\]"),
        (SOURCE, "TinyEnv", r"file\.py: environment name 'TinyEnv'; expected <problem id>__<Name>Env"),
        (SOURCE, "../x__TinyEnv", r"environment name '\.\./x__TinyEnv'"),
    ],
)
def test_unusable_sources_are_refused_with_their_place(source, name, says):
    with pytest.raises(EnvironmentFormatError, match=says):
        parsed(source, name)


def test_a_syntax_error_names_file_and_line(tmp_path):
    folder = write(tmp_path, SOURCE.replace("class TinyEnv(", "class TinyEnv(("), [row()])
    with pytest.raises(EnvironmentFormatError, match=rf"{NAME}\.py:5: .*never closed|{NAME}\.py:5: .*invalid"):
        environments.load(folder)


def test_a_source_that_is_not_utf8_is_refused(tmp_path):
    write(tmp_path)
    (tmp_path / f"{NAME}.py").write_bytes(SOURCE.encode() + b"# \xff")
    with pytest.raises(EnvironmentFormatError, match=f"{NAME}.py:.*Python cannot parse"):
        environments.load(tmp_path)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{bad\n", r"tasks\.jsonl:2: not jsonl: Expecting property name"),
        ("[1]\n", r"tasks\.jsonl:2: expected a JSON object"),
        ({"prompt": []}, r"tasks\.jsonl:2: ability: None; expected codegym_v1@<stem>@<config>"),
        (row(ability="codegym_v2@a__BEnv@{}"), r"tasks\.jsonl:2: ability: 'codegym_v2@a__BEnv@\{\}'"),
        (row(ability=f"codegym_v1@{NAME}"), r"tasks\.jsonl:2: ability"),
        (row(plugin_call_max_round="9"), r"tasks\.jsonl:2: plugin_call_max_round: '9'; expected an integer >= 0"),
        (row(extra_info={"solve_fc_round": -1}), r"tasks\.jsonl:2: solve_fc_round: -1"),
        (row(extra_info=[]) | {"extra_info": [1]}, r"tasks\.jsonl:2: .*extra_info"),
        (row(ability="codegym_v1@other__OtherEnv@{}"), r"no source for 1 environments of tasks: other__OtherEnv; put"),
    ],
)
def test_malformed_rows_are_refused_with_file_line_and_field(tmp_path, line, says):
    with pytest.raises(EnvironmentFormatError, match=says):
        environments.load(write(tmp_path, rows=[row(), line]))


def test_a_broken_parquet_file_is_named(tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"not parquet at all")
    with pytest.raises(EnvironmentFormatError, match=r"x\.parquet:.*not parquet"):
        environments.load(tmp_path)


def test_instances_without_sources_list_the_missing_stems(tmp_path):
    rows = [row(ability=f"codegym_v1@p{i}__TinyEnv@{{}}", prompt=prompt("Question: q")) for i in (1, 2, 2)]
    with pytest.raises(
        EnvironmentFormatError, match="no source for 2 environments of tasks: p1__TinyEnv, p2__TinyEnv;"
    ):
        environments.load(write(tmp_path, None, rows))


def test_a_task_needs_a_statement_from_somewhere(tmp_path):
    bare = SOURCE.replace("    More of the statement.\n", "").replace('    """Guess.\n\n    """\n', "")
    with pytest.raises(EnvironmentFormatError, match=r"tasks\.jsonl:1: prompt: no statement"):
        environments.load(write(tmp_path, bare, [row()]))
    (task,) = environments.load(write(tmp_path, bare, [row(prompt=prompt("Rules\nQuestion:\n\nWhich?\n"))])).tasks
    assert task.statement == "Which?"


@pytest.mark.parametrize(
    "text", ["Rules: 1. 2.\n\nQuestion:\n\n\nWhich Question: this?\n", "问题：\n\nWhich Question: this?"]
)
def test_the_statement_is_what_follows_the_rules(tmp_path, text):
    (task,) = environments.load(write(tmp_path, rows=[row(prompt=prompt(text))])).tasks
    assert task.statement == "Which Question: this?"


def test_published_fields_and_their_defaults(tmp_path):
    full = row(
        plugin_call_max_round=99, extra_info={"solve_fc_round": 18, "qwen32b_Bo4_score": 0.25, "difficulty": None}
    )
    first, second = environments.load(write(tmp_path, rows=[full, row(split="unseen_env")])).tasks
    assert first == Task(NAME, "{'n': 1}", "train", "", 99, 18, 0)
    assert second == Task(NAME, "{'n': 1}", "unseen_env", "", 256, 0, 0)


def test_a_config_may_hold_the_separator(tmp_path):
    (task,) = environments.load(write(tmp_path, rows=[row(ability=f"codegym_v1@{NAME}@{{'s': 'a@b'}}")])).tasks
    assert task.config == "{'s': 'a@b'}"
    assert task.id == f"codegym_v1@{NAME}@{{'s': 'a@b'}}"


def test_a_jsonl_file_alone_finds_the_sources_beside_it(tmp_path):
    write(tmp_path, rows=[row()])
    assert environments.load(tmp_path / "tasks.jsonl") == environments.load(tmp_path)


def test_folder_round_trip(tmp_path):
    before = environments.load(STARTER)
    own = Task(NAME, '{"s": "é\u2028\ud83d"}', "x", "Own statement\nof two lines", 7, 3, 2)
    both = EnvironmentSet(before.environments | {NAME: parsed()}, (*before.tasks, own))
    environments.save(both, tmp_path / "new" / "set")
    assert environments.load(tmp_path / "new" / "set") == both


@pytest.mark.parametrize("inline", [False, True], ids=["environments beside", "gym_env in the rows"])
def test_parquet_says_the_same_as_the_folder(tmp_path, inline):
    """The columns of the published data set: env_code, env_name, source; extra_info.gym_env and the turns in it."""
    write(tmp_path / "folder", rows=[row(prompt=prompt("Question: q"), plugin_call_max_round=50)] * 300)
    extra = {"solve_fc_round": 0, "plugin_call_max_round": 50, "gym_env": SOURCE if inline else None}
    rows = [row(prompt=prompt("Question: q"), extra_info=extra)] * 300
    (tmp_path / "parquet" / "tasks").mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "parquet" / "tasks" / "train-0.parquet")
    if not inline:
        published = {"env_code": [SOURCE], "env_name": ["TinyEnv"], "source": ["own_7"]}
        pq.write_table(pa.table(published), tmp_path / "parquet" / "envs.parquet")
    assert environments.load(tmp_path / "parquet") == environments.load(tmp_path / "folder")


def test_two_sources_of_one_name_are_refused(tmp_path):
    write(tmp_path / "a")
    write(tmp_path / "b", SOURCE + "\n")
    with pytest.raises(
        EnvironmentFormatError, match=rf"b/{NAME}\.py: {NAME} differs from its source in .*a/{NAME}\.py"
    ):
        environments.load(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(EnvironmentFormatError, match=r"no environment; expected <problem id>__<Name>Env\.py"):
        environments.load(tmp_path)


def test_an_unknown_split_is_refused_with_the_known_ones():
    with pytest.raises(
        ValueError, match=r"no task of split 'test'; this set has \['train', 'unseen_config', 'unseen_env'\]"
    ):
        environments.load(STARTER).split("test")


async def test_generate_writes_the_tasks_that_the_project_ships(tmp_path):
    stem = "starter_01__HeaviestCrateEnv"
    shutil.copy(STARTER / f"{stem}.py", tmp_path)
    await draw_tasks.generate(tmp_path, seed=0)
    shipped = tuple(task for task in environments.load(STARTER).tasks if task.environment == stem)
    assert environments.load(tmp_path).tasks == shipped


async def test_generate_refuses_an_oracle_that_fails(tmp_path):
    source = (STARTER / "starter_01__HeaviestCrateEnv.py").read_text()
    write(tmp_path, source.replace('== "less"', '== "greater"'), name="own_1__HeaviestCrateEnv")
    with pytest.raises(EnvironmentFormatError, match=r"own_1__HeaviestCrateEnv: solve\(\) of .*wrong"):
        await draw_tasks.generate(tmp_path, seed=0)
    assert not (tmp_path / "tasks.jsonl").exists()


async def test_generate_refuses_too_few_configurations(tmp_path):
    source = (STARTER / "starter_06__HedgeMazeEnv.py").read_text()
    source = source.replace("rng = random.Random(seed)", "rng = random.Random(seed % 5)")
    write(tmp_path, source, name="own_1__HedgeMazeEnv")
    with pytest.raises(EnvironmentFormatError, match=r"too few distinct configs of difficulty 1"):
        await draw_tasks.generate(tmp_path, seed=0)
