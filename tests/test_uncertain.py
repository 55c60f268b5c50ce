"""Uncertain numbers: read as written, sampled through their inverse CDF, refused where they go wrong."""

import math
import pickle
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate, special, stats

from tarmac.distributions import Beta, Constant, Form, Gamma
from tarmac.money import NumberError
from tarmac.uncertain import Uncertain, UncertainError, parse

Z = np.concatenate([np.linspace(-5.9, 5.9, 1_181), [-1.6448536269514722, 0.0, 1.6448536269514722]])
Z90 = 1.6448536269514722
Z80 = 1.2815515655446004


def lognormal(median: float, sigma: float) -> Any:
    return stats.lognorm(s=sigma, scale=median)


# text, the same distribution in scipy, and the relative error allowed
REFERENCES: list[tuple[str, Any, float]] = [
    ("5M to 8M", lognormal(math.sqrt(40e12), math.log(1.6) / 2 / Z90), 1e-9),
    ("5M to 8M (80%)", lognormal(math.sqrt(40e12), math.log(1.6) / 2 / Z80), 1e-9),
    ("5M to 8M (0.8)", lognormal(math.sqrt(40e12), math.log(1.6) / 2 / Z80), 1e-9),
    ("-4% to 1%", stats.norm(-0.015, 0.025 / Z90), 1e-9),
    ("-8 to -5", stats.norm(-6.5, 1.5 / Z90), 1e-9),
    ("0 to 3", stats.norm(1.5, 1.5 / Z90), 1e-9),
    ("normal(5M, 2M)", stats.norm(5e6, 2e6), 1e-9),
    ("lognormal(5M, 0.4)", lognormal(5e6, 0.4), 1e-9),
    ("lognormal(5M, 40%)", lognormal(5e6, 0.4), 1e-9),
    ("uniform(-1, 3)", stats.uniform(-1, 4), 1e-9),
    ("triangular(1, 2, 6)", stats.triang(c=0.2, loc=1, scale=5), 1e-9),
    ("triangular(1, 1, 6)", stats.triang(c=0, loc=1, scale=5), 1e-9),
    ("triangular(1, 6, 6)", stats.triang(c=1, loc=1, scale=5), 1e-9),
    ("exponential(3)", stats.expon(scale=3), 1e-9),
    ("beta(4, 96)", stats.beta(4, 96), 1e-5),
    ("beta(0.5, 0.5)", stats.beta(0.5, 0.5), 1e-5),
    ("beta(0.02, 5)", stats.beta(0.02, 5), 1e-5),
    ("beta(2000, 3)", stats.beta(2000, 3), 1e-5),
    ("beta(1, 1)", stats.uniform(0, 1), 1e-5),
    ("gamma(0.3, 2)", stats.gamma(0.3, scale=2), 1e-5),
    ("gamma(0.02, 2)", stats.gamma(0.02, scale=2), 1e-5),
    ("gamma(1, 3)", stats.expon(scale=3), 1e-5),
    ("gamma(400, 5k)", stats.gamma(400, scale=5000), 1e-5),
]
IDS = [text for text, _, _ in REFERENCES]


@pytest.mark.parametrize(("text", "reference", "error"), REFERENCES, ids=IDS)
def test_a_form_is_its_inverse_cdf(text: str, reference: Any, error: float) -> None:
    expected = np.where(Z < 0, reference.ppf(special.ndtr(Z)), reference.isf(special.ndtr(-Z)))
    held = np.abs(expected) > (1e-300 if error > 1e-8 else -1)
    np.testing.assert_allclose(parse(text).at(Z)[held], expected[held], rtol=error, atol=1e-9 if error < 1e-8 else 0)
    assert np.all(parse(text).at(Z)[~held] < 1e-299)


@pytest.mark.parametrize(("text", "reference", "error"), REFERENCES, ids=IDS)
def test_mean_median_and_support_are_the_distributions(text: str, reference: Any, error: float) -> None:
    number = parse(text)
    assert number.mean() == pytest.approx(reference.mean(), rel=1e-9, abs=1e-12)
    assert number.median() == pytest.approx(reference.median(), rel=1e-9 if error < 1e-8 else 1e-6, abs=1e-12)
    assert number.support() == pytest.approx(reference.support())


@pytest.mark.parametrize("text", ["5M to 8M", "-4% to 1%", "triangular(1, 2, 6)", "beta(4, 96)", "gamma(2, 3)"])
def test_the_mean_is_the_integral_over_scores(text: str) -> None:
    number = parse(text)

    def density(z: float) -> float:
        return float(number.at(np.array([z]))[0]) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    total, _ = integrate.quad(density, -8, 8, limit=400, epsabs=0, epsrel=1e-8)
    assert total == pytest.approx(number.mean(), rel=2e-6)


@pytest.mark.parametrize("text", [*IDS, "bernoulli(0.3)", "choice(5: 0.2, 1: 0.5, 2: 0.3)", "7M", "(5 to 8) * 2 - 1"])
@given(st.lists(st.floats(-40, 40), min_size=2, max_size=20))
def test_a_higher_score_never_gives_less(text: str, scores: list[float]) -> None:
    number = parse(text)
    values = number.at(np.sort(np.array(scores)))
    slack = 1e-13 * (np.abs(values[1:]) + abs(number.offset))
    assert np.all(np.diff(values) >= -slack)
    low, high = number.support()
    assert np.all((values >= low) & (values <= high))


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6))
def test_tables_hold_for_any_shape(a: float, b: float) -> None:
    z = np.linspace(-5.9, 5.9, 60)
    expected = np.where(z < 0, special.betaincinv(a, b, special.ndtr(z)), special.betainccinv(a, b, special.ndtr(-z)))
    held = expected > 1e-290
    np.testing.assert_allclose(Beta(a, b).at(z)[held], expected[held], rtol=2e-5)
    low = special.gammaincinv(a, special.ndtr(z))
    expected = 2 * np.where(z < 0, low, special.gammainccinv(a, special.ndtr(-z)))
    held = expected > 1e-290
    np.testing.assert_allclose(Gamma(a, 2.0).at(z)[held], expected[held], rtol=2e-5)


def test_tables_end_without_surprises() -> None:
    far = np.array([-np.inf, -40.0, -8.5, 8.5, 40.0, np.inf])
    for form in (Beta(4, 96), Gamma(0.3, 2), Beta(0.01, 0.01), Gamma(0.01, 1)):
        values = form.at(far)
        assert np.all(np.isfinite(values))
        assert values[0] == values[1] == values[2]
        assert values[3] == values[4] == values[5]


@pytest.mark.parametrize("text", [*IDS, "bernoulli(0.3)", "choice(1: 0.5, 2: 0.5)", "7M", "bernoulli(0)"])
def test_scores_keep_their_shape_and_are_not_changed(text: str) -> None:
    z = np.linspace(-2, 2, 6).reshape(2, 3)
    before = z.copy()
    values = parse(f"({text}) * 2 * 0.5").at(z)
    assert values.shape == (2, 3)
    assert values.dtype == np.float64
    np.testing.assert_array_equal(z, before)
    assert not np.shares_memory(values, z)


def shares(number: Uncertain) -> dict[float, float]:
    z = special.ndtri((np.arange(100_000) + 0.5) / 100_000)
    values, counts = np.unique(number.at(z), return_counts=True)
    return dict(zip(values.tolist(), (counts / 100_000).tolist(), strict=True))


def test_a_choice_gives_each_value_its_weight() -> None:
    number = parse("choice(8M: 20%, 1M: 0.5, 2M: 30%, 9M: 0)")
    assert shares(number) == pytest.approx({1e6: 0.5, 2e6: 0.3, 8e6: 0.2})
    assert number.mean() == pytest.approx(2.7e6)
    assert number.support() == (1e6, 8e6)
    assert shares(parse("choice(1: 0.25, 2: 0.25, 1: 0.5)")) == pytest.approx({1: 0.75, 2: 0.25})


def test_a_rare_event_is_not_lost_to_rounding() -> None:
    assert parse("bernoulli(1e-12)").at(np.array([7.0, 7.1])).tolist() == [0.0, 1.0]
    assert parse("choice(0: 0.999999999999, 1: 1e-12)").at(np.array([7.0, 7.1])).tolist() == [0.0, 1.0]
    assert shares(parse("bernoulli(30%)")) == pytest.approx({0: 0.7, 1: 0.3})


@pytest.mark.parametrize(("text", "value"), [("bernoulli(0)", 0), ("bernoulli(1)", 1), ("choice(5M: 1)", 5e6)])
def test_what_cannot_vary_is_certain(text: str, value: float) -> None:
    number = parse(text)
    assert number.certain
    assert number.value == value
    assert number.at(np.array([-np.inf, 0, np.inf])).tolist() == [value] * 3


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [("7M", 7e6, ""), (0.04, 0.04, ""), ("4%", 0.04, "%"), (7, 7.0, ""), (" $5 ", 5.0, "USD"), (-1e-5, -1e-5, "")],
)
def test_certain_numbers(written: str | float, value: float, unit: str) -> None:
    number = parse(written)
    assert (number.certain, number.value, number.unit) == (True, value, unit)
    assert number.mean() == number.median() == value
    assert number.support() == (value, value)
    assert number.at(np.zeros(3)).tolist() == [value] * 3
    assert str(number) == str(written)


def test_an_uncertain_number_has_no_single_value() -> None:
    number = parse("5M to 8M")
    assert not number.certain
    with pytest.raises(ValueError, match="'5M to 8M' is uncertain"):
        _ = number.value


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("5M to 8M USD", "USD"),
        ("$5M to $8M", "USD"),
        ("$5M to 8M", "USD"),
        ("20M CNY to 30M CNY", "CNY"),
        ("3% to 9%", "%"),
        ("0 to 9%", "%"),
        ("normal(0, 2M EUR)", "EUR"),
        ("choice(1M GBP: 30%, 2M: 70%)", "GBP"),
        ("(1M to 2M) + 1M USD", "USD"),
        ("bernoulli(0.3) * $5M", "USD"),
        ("beta(4, 96) + 1%", "%"),
        ("gamma(2, 3M USD)", "USD"),
        ("lognormal($5M, 40%)", "USD"),
        ("beta(4, 96)", ""),
    ],
)
def test_one_unit_serves_the_whole_text(text: str, unit: str) -> None:
    assert parse(text).unit == unit


@pytest.mark.parametrize(
    ("text", "factor", "offset"),
    [
        ("(5M to 8M) * 1.5", 1.5, 0),
        ("(5M to 8M) * 1.5 + 1M", 1.5, 1e6),
        ("(5M to 8M) + 1M * 2", 2, 2e6),
        ("((5M to 8M) + 1M) * 2", 2, 2e6),
        ("(5M to 8M) - 250k", 1, -250e3),
        ("(5M to 8M) − 250k", 1, -250e3),
        ("(5M to 8M) * -1", -1, 0),
        ("(5M to 8M) * 120%", 1.2, 0),
        ("(5M to 8M)*1.5+1e6-1e-3", 1.5, 1e6 - 1e-3),
        ("(5M to 8M) + -1M", 1, -1e6),
        ("((((5M to 8M))))", 1, 0),
    ],
)
def test_what_a_scenario_changes_is_read_from_left_to_right(text: str, factor: float, offset: float) -> None:
    base, changed = parse("5M to 8M"), parse(text)
    assert (changed.factor, changed.offset) == pytest.approx((factor, offset))
    np.testing.assert_allclose(changed.at(Z), base.at(Z) * factor + offset)
    assert changed.mean() == pytest.approx(base.mean() * factor + offset)
    assert changed.median() == pytest.approx(base.median() * factor + offset)


def test_a_negative_factor_turns_the_number_round() -> None:
    number = parse("(5 to 8) * -2 + 1")
    assert number.support() == (-math.inf, 1)
    assert np.all(np.diff(number.at(np.sort(Z))) <= 0)
    assert parse("uniform(1, 2) * -1").support() == (-2, -1)


def test_a_factor_of_nothing_leaves_a_certain_number() -> None:
    number = parse("normal(5M, 1M) * 0 + 2M")
    assert number.certain
    assert number.at(np.array([-np.inf, 3.0])).tolist() == [2e6, 2e6]


def test_a_certain_number_can_be_changed() -> None:
    assert parse("7M * 1.5 + 1M").value == 11.5e6
    assert parse("(7M) - 2M").value == 5e6


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5M to 8M", "90% between 5M and 8M, lognormal"),
        ("-4% to 0% (80%)", "80% between -4% and 0%, normal"),
        ("$5.125M", "$5.125M"),
        ("(5M to 8M USD) * 1.5 + 1M", "90% between $5M and $8M, lognormal; times 1.5, plus $1M"),
        ("(5M to 8M) - 250k", "90% between 5M and 8M, lognormal; less 250k"),
        ("normal(0, 2M)", "normal, mean 0, standard deviation 2M"),
        ("lognormal(5M, 0.4)", "lognormal, median 5M, sigma 0.4"),
        ("uniform(1%, 2%)", "uniform between 1% and 2%"),
        ("triangular(1, 2, 4)", "triangular between 1 and 4, mode 2"),
        ("beta(4, 96)", "beta(4, 96), mean 0.04"),
        ("gamma(2, 3)", "gamma, shape 2, scale 3, mean 6"),
        ("exponential(3)", "exponential, mean 3"),
        ("bernoulli(30%) * 5M USD", "1 with probability 30%, else 0; times $5M"),
        ("choice(1M: 0.3, 2M: 0.7)", "1M (30%) or 2M (70%)"),
    ],
)
def test_explanations(text: str, words: str) -> None:
    assert parse(text).explain() == words


def test_a_long_choice_is_explained_in_short() -> None:
    text = f"choice({', '.join(f'{i}: 0.1' for i in range(1, 11))})"
    assert parse(text).explain().endswith("6 (10%) or one of 4 more")


@pytest.mark.parametrize("text", [*IDS, "  5M   to 8M ", "choice( 1 :0.3,2:0.7 )", "5M TO 8M", "5M to8M"])
def test_the_text_comes_back_as_it_was_written(text: str) -> None:
    assert str(parse(text)) == text
    assert parse(str(parse(text))) == parse(text)
    assert pickle.loads(pickle.dumps(parse(text))) == parse(text)


REFUSED = [
    ("", 0, "empty"),
    ("abc", 0, "a number must stand here"),
    ("nan", 0, "finite"),
    ("5M to", 5, "the text ends"),
    ("5M to inf", 6, "finite"),
    ("to 8M", 0, "a number must stand here"),
    ("8M to 5M", 6, "the lower end comes first"),
    ("5M to 5M", 6, "write it alone"),
    ("5M to 8M to 9M", 9, "ends of a range"),
    ("5 to 8M", 0, "at one end only"),
    ("1.5 to 2 million", 0, "at one end only"),
    ("5M-8M", 2, "for a range"),
    ("5M – 8M", 3, "for a range"),
    ("7M - 2M", 3, "for a difference"),
    ("5M to 8M (80)", 10, "below 100%"),
    ("5M to 8M (0%)", 10, "below 100%"),
    ("5M to 8M (100%)", 10, "below 100%"),
    ("5M to 8M (80% ", 14, "')' is missing"),
    ("5M to 8M ($1)", 10, "without USD"),
    ("5M to 8M * 1.5", 9, "brackets round the range"),
    ("5M to 8M - 1M", 9, "brackets round the range"),
    ("(5M to 8M", 9, "')' is missing"),
    ("(5M to 8M) / 2", 11, "no division"),
    ("(5M to 8M) 2", 11, "nothing more"),
    ("(5M to 8M) *", 12, "the text ends"),
    ("(5M to 8M) * 1M USD", 13, "no currency"),
    ("(5M to 8M) * 1e99 * 1e99", 20, "too large"),
    ("(3% to 9%) + 1", 13, "without %"),
    ("3 to 9%", 0, "without %"),
    ("3% to 9", 6, "without %"),
    ("$5M to €8M", 7, "two units, USD and EUR"),
    ("(1M USD to 2M) + 1M EUR", 17, "two units"),
    ("1e-200 to 1", 10, "too wide"),
    ("1e101", 0, "too large"),
    ("normal(5)", 6, "takes 2 arguments, not 1"),
    ("normal(1, 2, 3)", 13, "takes 2 arguments, not 3"),
    ("exponential(1,250)", 14, "takes 1 argument, not 2; thousands are 1_000"),
    ("normal()", 7, "needs its arguments"),
    ("normal(5, 0)", 10, "above 0"),
    ("normal(5, -1)", 10, "above 0"),
    ("normal(5, 1", 11, "',' or ')'"),
    ("normal(5 to 6, 1)", 9, "not a range"),
    ("normal(5, 1%)", 7, "without %"),
    ("lognormal(0, 1)", 10, "the median"),
    ("lognormal(1, 0)", 13, "sigma"),
    ("lognormal(1, 21)", 13, "sigma"),
    ("lognormal(1, $1)", 13, "without USD"),
    ("uniform(2, 1)", 11, "the lower end"),
    ("uniform(1, 1)", 11, "write it alone"),
    ("triangular(1, 5, 4)", 14, "the mode"),
    ("triangular(1, 0, 4)", 14, "the mode"),
    ("triangular(4, 4, 4)", 17, "write it alone"),
    ("beta(0, 1)", 5, "a lies between"),
    ("beta(1, -1)", 8, "b lies between"),
    ("beta(1, 1e9)", 8, "b lies between 0.01 and 1,000,000"),
    ("beta(4%, 1)", 5, "a plain number"),
    ("gamma(0, 1)", 6, "the shape"),
    ("gamma(1, 0)", 9, "the scale"),
    ("exponential(0)", 12, "above 0"),
    ("bernoulli(1.1)", 10, "between 0 and 1"),
    ("bernoulli(-1%)", 10, "between 0 and 1"),
    ("choice(1: 0.3, 2: 0.6)", 18, "these to 0.9"),
    ("choice(1: 1.5, 2: -0.5)", 10, "a weight lies"),
    ("choice(1, 2)", 8, "':' and a weight"),
    ("choice()", 7, "a number must stand here"),
    ("choice(1: $1)", 10, "without USD"),
    ("choice(1: 1", 11, "',' or ')'"),
    ("norml(1, 2)", 0, "did you mean 'normal'"),
    ("weibull(1, 2)", 0, "known: bernoulli"),
    ("Normal(1, 2)", 0, "did you mean 'normal'"),
    ("(" * 11 + "1" + ")" * 11, 10, "at most 10 deep"),
    ("lognormal(1e100, 20) * 1e100 * 1e100", 31, "too large"),
]


@pytest.mark.parametrize(("text", "position", "message"), REFUSED, ids=[text for text, _, _ in REFUSED])
def test_a_mistake_is_refused_where_it_stands(text: str, position: int, message: str) -> None:
    with pytest.raises(UncertainError) as caught:
        parse(text)
    assert message in caught.value.message
    assert (caught.value.text, caught.value.position) == (text, position)
    assert isinstance(caught.value, NumberError)


@pytest.mark.parametrize("value", [True, False, None, [1], math.nan, math.inf, -math.inf, 10**400, 1e101])
def test_what_is_not_a_number_or_a_text_is_refused(value: Any) -> None:
    with pytest.raises(UncertainError):
        parse(value)


def test_an_integer_with_more_digits_than_python_prints_is_refused() -> None:
    with pytest.raises(UncertainError, match="too large"):
        parse(10**5000)


def test_the_largest_numbers_stay_finite() -> None:
    for text in ("lognormal(1e100, 20) * 1e100 + 1e100", "(1e86 to 1e100) * -1e100", "gamma(1e6, 1e100) * 1e100"):
        number = parse(text)
        assert math.isfinite(number.mean())
        assert np.isfinite(number.at(np.array([-8.5, 0.0, 8.5]))).all()


def test_a_long_text_is_refused_unread() -> None:
    with pytest.raises(UncertainError, match="2,000 characters"):
        parse("1+" * 10_000 + "1")
    assert parse("1" + "+1" * 900).value == 901


WORDS = [
    "5M",
    "8M",
    "0",
    "3%",
    "$1",
    "1e9",
    "to",
    "(",
    ")",
    ",",
    ":",
    "*",
    "+",
    "-",
    "normal(",
    "choice(",
    "beta(",
    "0.5",
    " ",
]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)))
def test_any_text_is_a_number_or_an_error_with_a_place(text: str) -> None:
    read = number_or_error(text)
    if isinstance(read, Uncertain):
        assert str(read) == text
        assert math.isfinite(read.mean())
        assert not np.isnan(read.at(np.array([-3.0, 0.0, 3.0]))).any()
        assert read.explain().isprintable()
    else:
        assert 0 <= read.position <= len(text)
        assert re.search(r"\^ .", str(read))


def number_or_error(text: str) -> Uncertain | UncertainError:
    try:
        return parse(text)
    except UncertainError as error:
        return error


def test_numbers_are_frozen_and_equal_by_what_they_say() -> None:
    assert parse("5M to 8M") == parse("5M to 8M")
    assert len({parse("7"), parse("7")}) == 1
    with pytest.raises(AttributeError):
        parse("7").unit = "USD"  # type: ignore[misc]
    values: NDArray[np.float64] = Constant(2.0).at(np.zeros(2))
    assert values.tolist() == [2.0, 2.0]


def test_the_bare_form_promises_what_every_form_keeps() -> None:
    form = Form()
    assert form.fault() is None
    assert form.support() == (-math.inf, math.inf)
    for promise in (form.mean, lambda: form.at(np.zeros(1)), lambda: form.explain(str)):
        with pytest.raises(NotImplementedError):
            promise()
