"""What Streamlit's own looks lack: room for tables, links that look like links, and lists that show names whole."""

from __future__ import annotations

STYLE = """<style>
[data-testid="stMainBlockContainer"] {padding: 4rem 2rem 3rem}
[data-testid="stPageLink-NavLink"] {
  border: 1px solid #0b539466; border-radius: .5rem; padding: .35rem .75rem; width: fit-content; max-width: 100%;
}
[data-testid="stPageLink-NavLink"] p, [data-testid="stPageLink-NavLink"] span {color: #0b5394}
.st-key-figures [data-testid="stPageLink-NavLink"] {
  border: 0; padding: 0; min-height: 1.5rem; margin-top: -.75rem; background: none;
}
.st-key-figures [data-testid="stPageLink-NavLink"] p {
  font-size: .875rem; font-weight: 400; text-decoration: underline;
}
[data-testid="stSelectboxVirtualDropdown"] {
  width: max-content !important; min-width: var(--trigger-width); max-width: min(90vw, 60rem);
}
input[role="combobox"] {text-overflow: ellipsis}
a.leave {color: #0b5394}
a:focus-visible, button:focus-visible, [role="tab"]:focus-visible {
  outline: 3px solid #0b5394 !important; outline-offset: 2px;
}
</style>"""
"""Tables and charts get what Streamlit keeps empty around them. A page's links stand out from its words. A list that
opens is as wide as its longest name, and a box tells by three dots that it has no room for one. Whoever works with the
keyboard sees where it is."""
