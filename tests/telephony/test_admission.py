"""A crowd is served in steps, nobody is turned away, and all is as before once it is over."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from telephony.admission import COST_CORES, LOOP_PART, Admission, Limits, Load, Step, arrives, begun, observe

LIMITS = Limits(cores=2.0, cpu_share=0.85)
NO_LIGHT = replace(LIMITS, steps=(Step.SPEECH, Step.KEYS, Step.CALL_BACK, Step.QUEUE))
KEYS_ONLY = replace(LIMITS, steps=(Step.KEYS, Step.CALL_BACK, Step.QUEUE))


def crowd(n: int, limits: Limits = LIMITS, now: Admission | None = None) -> tuple[list[Step], Admission]:
    """What so many callers get who ring at the same moment."""
    state, calls = now or begun(limits), Counter[Step]()
    got: list[Step] = []
    for _ in range(n):
        step, state = arrives(state, Load(0.0, calls), limits)
        calls[step] += step is not Step.QUEUE
        got.append(step)
    return got, state


def seconds(now: Admission, n: int, load: Load, limits: Limits = LIMITS) -> Admission:
    """After so many seconds of this load."""
    for second in range(n + 1):
        now = observe(now, replace(load, at=load.at + second), limits)
    return now


def test_the_first_callers_are_served_in_full() -> None:
    assert crowd(7)[0] == [Step.SPEECH] * 7


def test_a_crowd_goes_down_the_steps_in_order_and_everybody_gets_one() -> None:
    got, state = crowd(100)
    assert got == sorted(got)
    assert set(got) == set(Step)
    assert state.step is Step.CALL_BACK
    used = sum(COST_CORES.get(step, 0.0) for step in got)
    assert used <= LIMITS.cores * LIMITS.cpu_share
    assert LOOP_PART * used <= LIMITS.cpu_share


def test_more_cores_do_not_help_the_one_process_that_holds_the_calls() -> None:
    many = replace(LIMITS, cores=64.0)
    got = crowd(200, many)[0]
    assert LOOP_PART * sum(COST_CORES.get(step, 0.0) for step in got) <= LIMITS.cpu_share
    busy = Load(0.0, {Step.SPEECH: 30}, cpu_cores=1.2)
    assert arrives(seconds(begun(many), 30, busy, many), busy, many)[0] is Step.SPEECH
    full = replace(busy, calls={Step.SPEECH: 50})
    assert arrives(seconds(begun(many), 30, full, many), full, many)[0] > Step.LIGHT


def test_a_step_that_is_not_installed_is_left_out() -> None:
    assert Step.LIGHT not in crowd(100, NO_LIGHT)[0]
    assert set(crowd(100, KEYS_ONLY)[0]) == set(KEYS_ONLY.steps)


def test_more_calls_than_the_town_allows_go_to_the_queue() -> None:
    assert crowd(5, replace(LIMITS, most_calls=3))[0] == [Step.SPEECH] * 3 + [Step.QUEUE] * 2


def test_who_is_alone_on_the_line_is_served_in_full_however_busy_the_machine() -> None:
    weary = Admission(step=Step.CALL_BACK, scale=8.0, hard=True)
    load = Load(0.0, {}, cpu_cores=2.0, wait_p95_ms=9000.0, answer_p95_ms=9000.0)
    assert arrives(weary, load, LIMITS)[0] is Step.SPEECH
    assert weary.forced(replace(load, calls={Step.SPEECH: 1}), LIMITS) is Step.SPEECH


def test_long_waits_for_an_engine_take_the_next_callers_down_a_step() -> None:
    slow = Load(0.0, {Step.SPEECH: 3}, cpu_cores=0.5, wait_p95_ms=450.0)
    state = observe(begun(LIMITS), slow, LIMITS)
    assert state.step is Step.LIGHT
    assert not state.hard
    assert arrives(state, slow, LIMITS)[0] is Step.LIGHT


def test_calls_that_run_give_way_only_where_answers_are_far_too_late() -> None:
    late = Load(0.0, {Step.SPEECH: 3}, answer_p95_ms=2000.0)
    assert observe(begun(LIMITS), late, LIMITS).forced(late, LIMITS) is Step.SPEECH
    far = replace(late, answer_p95_ms=3100.0)
    assert observe(begun(LIMITS), far, LIMITS).forced(far, LIMITS) is Step.KEYS


def test_slow_answers_never_send_anybody_to_the_queue_by_themselves() -> None:
    late = Load(0.0, {Step.SPEECH: 2}, wait_p95_ms=5000.0)
    state = seconds(begun(LIMITS), 30, late)
    assert state.step is Step.CALL_BACK


def test_the_way_up_is_one_step_at_a_time_and_takes_a_while() -> None:
    state = crowd(100)[1]
    over = Load(100.0, {Step.SPEECH: 1})
    assert seconds(state, 7, over).step is Step.CALL_BACK
    assert seconds(state, 8, over).step is Step.KEYS
    assert seconds(state, 30, over).step is Step.SPEECH


def test_a_machine_on_which_calls_cost_more_takes_fewer_in_full() -> None:
    busy = Load(0.0, {Step.SPEECH: 4}, cpu_cores=4 * 0.4)
    learned = seconds(begun(LIMITS), 60, busy)
    assert 0.35 <= learned.cost(Step.SPEECH) <= 0.4
    assert crowd(8, now=replace(learned, step=Step.SPEECH))[0].count(Step.SPEECH) == 3


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 4), st.floats(0, 9000), st.floats(0, 9000)), max_size=200),
    st.sampled_from((LIMITS, NO_LIGHT, KEYS_ONLY)),
)
def test_whatever_is_measured_every_caller_gets_a_step_that_exists(
    history: list[tuple[bool, float, float, float]], limits: Limits
) -> None:
    state, calls = begun(limits), Counter[Step]()
    for second, (rings, cpu, wait, answer) in enumerate(history):
        load = Load(float(second), calls, cpu, wait, answer)
        state = observe(state, load, limits)
        assert state.step in limits.steps[:-1]
        if rings:
            step, state = arrives(state, load, limits)
            assert step in limits.steps
            assert step <= state.step or step is Step.QUEUE or calls.total() < limits.first
            calls[step] += step is not Step.QUEUE
