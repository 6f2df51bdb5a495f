"""Siblings whose titles exchange a word of content."""

from __future__ import annotations

from generated_siblings.title_kinds import TitleKind, title_kind

EXCHANGED_WORDS: tuple[TitleKind, ...] = (
    title_kind(
        "site of the body",
        "An operation or a finding at one site is not that at another.",
        """
        hip | knee
        shoulder | elbow
        upper limb | lower limb
        cervical spine | lumbar spine
        gastric | colorectal
        hand | foot
        maxillary | mandibular
        """,
        """
        Outcomes of {x} surgery in adults with {disease}
        Pain and function one year after {x} surgery in {people} with {disease}
        Pre-operative {drug} before {x} resection: a randomised trial
        Complications of {x} procedures among {people} treated with {drug}
        """,
    ),
    title_kind(
        "sex, age or role",
        "Those who were studied are others.",
        """
        men | women
        boys | girls
        adults | children
        mothers | fathers
        adolescents | older adults
        premenopausal women | postmenopausal women
        nurses | physicians
        patients | caregivers
        inpatients | outpatients
        smokers | non-smokers
        """,
        """
        Prevalence and correlates of {disease} in {x}: a cross-sectional study
        Effect of {drug} on {outcome} among {x}
        Quality of life of {x} during long-term follow-up for {disease}
        Attitudes to {procedure} among {x}: a qualitative study
        """,
    ),
    title_kind(
        "country or city",
        "Two countries are two surveys.",
        """
        Norway | Sweden
        Kenya | Uganda
        Spain | Portugal
        India | Bangladesh
        Brazil | Argentina
        Beijing | Shanghai
        northern Italy | southern Italy
        rural Ghana | urban Ghana
        South Korea | North Korea
        """,
        """
        Incidence of {disease} in {x}: a nationwide register study
        Costs of {drug} for {disease} in {x}
        Access to {procedure} in {x}: a survey of hospitals
        Burden of {disease} and its risk factors in {x}
        """,
    ),
    title_kind(
        "disease",
        "The two diseases are treated and counted apart.",
        """
        Crohn's disease | ulcerative colitis
        bipolar disorder | schizophrenia
        osteoarthritis | osteoporosis
        Hodgkin lymphoma | Burkitt lymphoma
        psoriasis | vitiligo
        Parkinson's disease | Alzheimer's disease
        ankylosing spondylitis | psoriatic arthritis
        hyperthyroidism | hypothyroidism
        hyperkalaemia | hypokalaemia
        hypertension | hypotension
        """,
        """
        Adalimumab in patients with {x}: a multicentre cohort
        Quality of life and work productivity in {x}
        Genetic susceptibility to {x}: a case-control study
        Comorbidities of {x} in primary care
        """,
    ),
    title_kind(
        "letter or type of a disease",
        "The letter names another disease, vitamin or factor.",
        """
        hepatitis B | hepatitis C
        haemophilia A | haemophilia B
        vitamin C | vitamin D
        influenza A | influenza B
        group A streptococcus | group B streptococcus
        factor VIII | factor IX
        HIV-1 | HIV-2
        HPV 16 | HPV 18
        interleukin-4 | interleukin-6
        COX-1 | COX-2
        apolipoprotein A | apolipoprotein B
        interferon alfa | interferon beta
        """,
        """
        Serum markers of {x} in patients with {disease}
        Knowledge about {x} among medical students
        The role of {x} in {disease}: a case-control study
        Long-term outcomes related to {x} in {people}
        """,
    ),
    title_kind(
        "side or direction",
        "Opposite sides, directions or pressures are different measurements.",
        """
        left | right
        anterior | posterior
        systolic | diastolic
        proximal | distal
        medial | lateral
        superior | inferior
        ventral | dorsal
        upper | lower
        early | late
        """,
        """
        Prognostic value of {x} dysfunction in {disease}
        Changes of {x} parameters during treatment with {drug}
        The {x} approach to {procedure}: results in 120 {people}
        """,
    ),
    title_kind(
        "specimen or model",
        "Other material was examined.",
        """
        serum | urine
        plasma | saliva
        in vitro models | in vivo models
        mice | rats
        dogs | pigs
        cell lines | primary tumours
        magnetic resonance imaging | computed tomography
        CD4+ T cells | CD8+ T cells
        """,
        """
        Biomarkers of {disease} measured with {x}
        Effects of {drug} on {outcome}: experiments using {x}
        Response to {drug} studied with {x}
        """,
    ),
    title_kind(
        "route or form",
        "Two routes or forms are two interventions.",
        """
        oral | intravenous
        subcutaneous | intramuscular
        inhaled | nebulised
        topical | systemic
        open | laparoscopic
        individual | group
        immediate-release | extended-release
        low-dose | high-dose
        """,
        """
        Safety of {x} treatment with {drug} in {disease}
        A randomised trial of {x} therapy against placebo in {people} with {disease}
        Pharmacokinetics of {x} {drug}
        """,
    ),
    title_kind(
        "drug",
        "Two drugs are two interventions.",
        """
        atorvastatin | rosuvastatin
        apixaban | rivaroxaban
        olanzapine | quetiapine
        etanercept | infliximab
        amoxicillin | azithromycin
        nivolumab | pembrolizumab
        empagliflozin | dapagliflozin
        prednisone | prednisolone
        chloroquine | hydroxychloroquine
        cefotaxime | ceftriaxone
        """,
        """
        Efficacy and safety of {x} in {people} with {disease}
        Cost-effectiveness of {x} for {disease}
        {x} against placebo in {disease}: a double-blind randomised trial
        Adherence to {x} and {outcome}
        """,
    ),
    title_kind(
        "outcome",
        "The same cohort is reported for another outcome.",
        """
        mortality | morbidity
        depression | anxiety
        sensitivity | specificity
        sleep quality | physical activity
        overall survival | progression-free survival
        bone density | muscle mass
        cardiovascular events | renal events
        incidence | prevalence
        efficacy | safety
        """,
        """
        Effect of {drug} on {x} in {people} with {disease}
        {x} after {procedure}: a registry study
        Predictors of {x} in {disease}: a prospective cohort
        """,
    ),
    title_kind(
        "duration or stage in words",
        "Another period, stage or order of treatment is reported.",
        """
        short-term | long-term
        primary | secondary
        acute | chronic
        first-line | second-line
        induction | maintenance
        adjuvant | palliative
        interim | final
        """,
        """
        {drug} in {disease}: {x} results
        {x} treatment with {drug} in {people} with {disease}
        Quality of life during {x} treatment of {disease}
        """,
    ),
    title_kind(
        "before or after",
        "Another time of measuring or treating is another report.",
        """
        before | after
        preceding | following
        antenatal | postnatal
        preoperative | postoperative
        prenatal | perinatal
        """,
        """
        Quality of life {x} {procedure} in {disease}
        {drug} {x} {procedure}: a randomised trial
        Prevalence of {disease} {x} delivery
        """,
    ),
    title_kind(
        "translated titles with another population",
        "The translated title names other people; that the language is marked changes nothing.",
        """
        children | adults
        women | men
        elderly patients | young patients
        Han Chinese | Uyghurs
        """,
        """
        [Clinical study of {drug} in {x} with {disease}]
        [Risk factors of {disease} in {x}] [Chinese]
        [Analysis of {outcome} in {x} after {procedure}]
        """,
    ),
)
