"""Siblings whose titles exchange a number, negate, change the order, or add what makes another report."""

from __future__ import annotations

from generated_siblings.title_kinds import TitleKind, title_kind

NUMBERS_AND_ADDITIONS: tuple[TitleKind, ...] = (
    title_kind(
        "weeks, months or years",
        "Results at another time are another report.",
        """
        24-week | 48-week
        12-month | 24-month
        2-year | 5-year
        one-year | two-year
        three-year | five-year
        6 months' | 12 months'
        """,
        """
        Efficacy of {drug} in adults with {disease}: {x} results
        {x} outcomes of {procedure} for {disease}
        {x} follow-up of {people} treated with {drug}
        """,
    ),
    title_kind(
        "dose or unit",
        "Another dose is another arm or trial.",
        """
        10 mg | 20 mg
        5 mg | 50 mg
        100 mg | 200 mg
        0.5% | 1%
        10 mg | 10 g
        once daily | twice daily
        50 Gy | 60 Gy
        400 IU | 4000 IU
        """,
        """
        A randomised trial of {drug} {x} in {people} with {disease}
        Bioavailability of {drug} {x} in healthy volunteers
        {drug} at {x} for {disease}: safety and tolerability
        """,
    ),
    title_kind(
        "calendar year",
        "A yearly report of another year.",
        """
        2015 | 2016
        2009-2010 | 2010-2011
        1999 | 2009
        in 2003 | in 2004
        """,
        """
        Surveillance of {disease}: annual report {x}
        Guidelines for the management of {disease} {x}
        National registry of {procedure}, {x}
        """,
    ),
    title_kind(
        "part",
        "The parts of one paper are papers of their own.",
        """
        Part 1 | Part 2
        Part I | Part II
        Part II | Part III
        Part one | Part two
        Part A | Part B
        Study 1 | Study 2
        """,
        """
        Management of {disease}. {x}
        {drug} in {disease} ({x})
        Experiences of {people} with {disease}. {x}: a mixed-methods study
        """,
    ),
    title_kind(
        "phase or type",
        "Another phase is another trial, another type another disease.",
        """
        phase I | phase II
        phase II | phase III
        phase 2 | phase 3
        phase 1 | phase 1b
        type I | type II
        type 1 | type 2
        stage II | stage III
        grade 1 | grade 2
        """,
        """
        A {x} study of {drug} in {people} with {disease}
        {drug} plus {other}: {x} results in {disease}
        Prediction of {outcome} in {x} disease treated with {drug}
        """,
    ),
    title_kind(
        "ordinal",
        "Another wave, report or trimester.",
        """
        first | second
        second | third
        1st | 2nd
        Third | Fourth
        """,
        """
        The {x} national survey of {disease}
        Exposure to {drug} in the {x} trimester and {outcome}
        {x} report of the {disease} registry
        """,
    ),
    title_kind(
        "single letter or gene",
        "Another cohort, genotype or gene.",
        """
        cohort A | cohort B
        BRCA1 | BRCA2
        SGLT1 | SGLT2
        CYP2C9 | CYP2C19
        study A | study B
        GLUT1 | GLUT4
        TNF-α | TGF-β
        """,
        """
        {drug} in {disease}: results from {x}
        Association of {x} with {outcome} in {people} with {disease}
        {x} and the response to {drug}
        """,
    ),
    title_kind(
        "number of a sample",
        "Another number of participants is another analysis or series.",
        """
        120 | 240
        35 | 53
        1,000 | 10,000
        two | three
        """,
        """
        {procedure} for {disease}: experience with {x} cases
        {outcome} in {disease}: an analysis of {x} {people}
        {drug} in {disease}: report of {x} cases
        """,
    ),
    title_kind(
        "with or without",
        "Those with and those without are two populations.",
        """
        with | without
        with and without | without
        including | excluding
        """,
        """
        {drug} in heart failure {x} type 2 diabetes
        Outcomes of {procedure} in {people} {x} {disease}
        Cognitive decline in older persons {x} {disease}
        """,
    ),
    title_kind(
        "negation by a prefix",
        "What the prefix denies is another disease or group.",
        """
        small-cell | non-small-cell
        invasive | non-invasive
        symptomatic | asymptomatic
        alcoholic | non-alcoholic
        responders | nonresponders
        insulin-dependent | non-insulin-dependent
        HER2-positive | HER2-negative
        STEMI | NSTEMI
        typical | atypical
        controlled | uncontrolled
        vaccinated | unvaccinated
        """,
        """
        Prognosis of {x} disease treated with {drug}
        {outcome} in {x} patients: a cohort study of {disease}
        {procedure} in {x} disease: a multicentre study
        """,
    ),
    title_kind(
        "order that changes the question",
        "Cause and effect, or first and second treatment, change places. (A versus B against B versus A could be one report: left out.)",
        """
        depression on pain | pain on depression
        sleep on obesity | obesity on sleep
        insulin after metformin | metformin after insulin
        anxiety in patients with asthma | asthma in patients with anxiety
        radiotherapy before surgery | surgery before radiotherapy
        diabetes as a risk for dementia | dementia as a risk for diabetes
        """,
        """
        {x}: a prospective cohort of {people} with {disease}
        A longitudinal study of {x}
        {x}: implications for {disease}
        """,
    ),
    title_kind(
        "subgroup added",
        "The added words restrict the report to a part of those studied.",
        """
        - | elderly
        - | pregnant
        - | HIV-infected
        - | hospitalised
        - | Japanese
        - | treatment-naïve
        """,
        """
        Efficacy of {drug} in {x} patients with {disease}
        Randomised trial of {drug} against {other} for {x} patients with {disease}
        {procedure} and {outcome} among {x} patients
        """,
    ),
    title_kind(
        "protocol or design beside results",
        "A protocol announces what the other reports.",
        """
        - | : study protocol
        : a randomised controlled trial | : study protocol for a randomised controlled trial
        - | : rationale and design
        : primary results | : design and baseline characteristics
        : results of a cluster randomised trial | : protocol of a cluster randomised trial
        - | : statistical analysis plan
        """,
        """
        {drug} against {other} for {disease}{x}
        {procedure} to improve {outcome} in {disease}{x}
        Early {procedure} in {people} with {disease}{x}
        """,
        may_be_cut=True,
    ),
    title_kind(
        "later analysis of the same study",
        "A secondary, later or economic analysis is a report of its own.",
        """
        - | : a secondary analysis
        - | : a post hoc analysis
        - | : an open-label extension study
        - | : five-year follow-up
        - | : subgroup analysis
        - | : a cost-effectiveness analysis
        - | : a qualitative evaluation
        : interim results | : final results
        : a pilot study | : a randomised controlled trial
        : preliminary report | : final report
        """,
        """
        {drug} against {other} for {disease}{x}
        {procedure} to improve {outcome} in {people} with {disease}{x}
        Effect of {drug} on {outcome} in {disease}{x}
        """,
        may_be_cut=True,
    ),
)

ONE_DRUG_TWO_NAMES = title_kind(
    "one drug under two names",
    "INN and USAN name one drug: nobody can tell from the row whether the title was translated, so a person is asked.",
    """
    paracetamol | acetaminophen
    salbutamol | albuterol
    adrenaline | epinephrine
    noradrenaline | norepinephrine
    pethidine | meperidine
    glibenclamide | glyburide
    isoprenaline | isoproterenol
    orciprenaline | metaproterenol
    suxamethonium | succinylcholine
    """,
    """
    Efficacy and safety of {x} in {people} with {disease}
    {x} against placebo in {disease}: a double-blind randomised trial
    Pharmacokinetics of {x} in {disease}
    """,
)

ORDER_OF_THE_COMPARED = title_kind(
    "order of what is compared",
    "A versus B may be B versus A in another database, or the companion paper: a person is asked.",
    """
    adalimumab versus etanercept | etanercept versus adalimumab
    surgery versus radiotherapy | radiotherapy versus surgery
    insulin and metformin | metformin and insulin
    aspirin compared with warfarin | warfarin compared with aspirin
    """,
    """
    {x} for {disease}: a randomised trial
    Cost-effectiveness of {x} in {people} with {disease}
    """,
)
UNDECIDABLE_KINDS = (ONE_DRUG_TWO_NAMES, ORDER_OF_THE_COMPARED)
