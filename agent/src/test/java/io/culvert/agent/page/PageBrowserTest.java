// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.health.PageServer;
import io.culvert.agent.view.AddressRow;
import io.culvert.agent.view.BackendRow;
import io.culvert.agent.view.FrontendRow;
import io.culvert.observability.names.Party;
import io.culvert.testkit.browser.BrowserPage;
import io.culvert.testkit.browser.Chromium;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The page in a real browser. Its pictures are below `target/page/`.
final class PageBrowserTest {

    private static final Path PICTURES = Path.of("target", "page");
    private static final String MARKUP = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";

    private static Chromium browser;

    private final PageFlows flows = new PageFlows(10_000);
    private PageServer server;
    private final List<BrowserPage> pages = new ArrayList<>();

    @BeforeAll
    static void start() {
        browser = Chromium.start();
    }

    @AfterAll
    static void stop() {
        browser.close();
    }

    @BeforeEach
    void open() throws IOException {
        server = PageServer.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Map.of(), new NodePage(flows));
    }

    @AfterEach
    void close() {
        pages.forEach(BrowserPage::close);
        server.close();
        flows.close();
    }

    private BrowserPage opened() {
        BrowserPage opened = browser.open("http://127.0.0.1:" + server.port() + "/");
        pages.add(opened);
        opened.resize(1280, 900);
        opened.await("document.getElementById('state').textContent === 'live'");
        return opened;
    }

    private static FrontendRow frontend(String name) {
        return new FrontendRow(
                "shop",
                name,
                "sql",
                "ClusterIP",
                new AddressRow("10.96.0.10", 5432, "TCP"),
                "random",
                "",
                "Cluster",
                "Cluster",
                "None",
                List.of(),
                List.of(
                        new BackendRow("10.1.0.3", 5432, "active", "n1", null, true, 1, 1),
                        new BackendRow("10.1.7.5", 5432, "terminating", "n2", null, false, 1, 2)));
    }

    private void traffic() {
        for (int i = 0; i < 20; i++) {
            flows.connects();
        }
        flows.ends(2_000_000);
        flows.denied();
        flows.denied();
        flows.leaves();
        flows.services.add(frontend("db"));
    }

    private static String rows(String id) {
        return "document.getElementById('" + id + "').tBodies[0].rows.length";
    }

    private static String text(String id) {
        return "document.getElementById('" + id + "').innerText";
    }

    @Test
    void everythingIsShownAndFollows() {
        traffic();
        BrowserPage shown = opened();
        shown.await(rows("rows") + " === 24");
        shown.await("document.querySelectorAll('#drawing svg .node').length === 5");
        shown.await(rows("service-rows") + " === 1");

        assertThat(shown.evaluate(text("rows"))).contains("shop/web-1", "shop/db-0", "policy denied", "203.0.113.9");
        assertThat(shown.evaluate("document.querySelectorAll('#drawing path.bad').length"))
                .isEqualTo("1");
        assertThat(shown.evaluate("getComputedStyle(document.querySelector('#drawing path.bad')).stroke"))
                .isEqualTo("rgb(179, 38, 30)");
        assertThat(shown.evaluate("document.querySelector('#edges').textContent"))
                .contains("shop/vault", "2 policy denied", "5432/TCP");
        assertThat(shown.evaluate(text("service-rows"))).contains("shop/db:sql", "10.1.7.5:5432 (terminating) on n2");
        assertThat(shown.evaluate(text("verdicts"))).contains("NetworkPolicy shop/vault-is-closed", "dropped");
        assertThat(shown.evaluate(text("figures"))).contains("flows/s", "24 of 10,000 kept");
        assertThat(shown.evaluate("document.title")).isEqualTo("Culvert n1");

        flows.leaves();
        shown.await(rows("rows") + " === 25");
        flows.ringOverran(12);
        shown.await("document.getElementById('lost').innerText.includes('12 events found no room')");
        shown.resize(1080, 700);
        shown.screenshot(PICTURES.resolve("wide.png"));
        shown.prefer("prefers-color-scheme", "dark");
        shown.screenshot(PICTURES.resolve("dark.png"));
        assertThat(shown.complaints()).isEmpty();
    }

    @Test
    void narrowScreensShowItWithoutScrollingSideways() {
        traffic();
        BrowserPage shown = opened();
        shown.resize(360, 740);
        shown.await(rows("rows") + " === 24");
        shown.await("document.querySelectorAll('#drawing svg .node').length === 5");
        shown.await(rows("service-rows") + " === 1");

        assertThat(shown.evaluate("innerWidth")).isEqualTo("360");
        assertThat(shown.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                .isEqualTo("true");
        shown.evaluate("document.getElementById('flows').scrollIntoView()");
        shown.screenshot(PICTURES.resolve("narrow.png"));
    }

    @Test
    void filtersNarrowTheTable() {
        traffic();
        BrowserPage shown = opened();
        shown.await(rows("rows") + " === 24");

        shown.press("/");
        assertThat(shown.evaluate("document.activeElement.name")).isEqualTo("text");
        shown.type("vault-is-closed");
        shown.await(rows("rows") + " === 2");
        shown.evaluate("document.querySelector('#filters button[type=reset]').click()");
        shown.await(rows("rows") + " === 24");

        shown.evaluate("document.querySelector('#drawing .node.service').dispatchEvent(new Event('click'))");
        shown.await(rows("rows") + " === 21");
        assertThat(shown.evaluate("document.querySelector('#filters [name=service]').value"))
                .isEqualTo("shop/db");

        shown.evaluate("document.querySelector('#filters [name=port]').focus()");
        shown.type("http");
        shown.await("document.getElementById('state').textContent === 'Port is a number.'");
    }

    @Test
    void theTableCanBeWalkedThroughByKeys() {
        traffic();
        BrowserPage shown = opened();
        shown.await(rows("rows") + " === 24");
        shown.evaluate("document.querySelector('#rows tbody [tabindex=\"0\"]').focus()");
        String index = "[...document.querySelectorAll('#rows tbody tr')].indexOf(document.activeElement)";

        shown.press("End");
        assertThat(shown.evaluate(index)).isEqualTo("23");
        shown.press("Home");
        shown.press("ArrowDown");
        shown.press("ArrowDown");
        shown.press("ArrowUp");
        assertThat(shown.evaluate(index)).isEqualTo("1");
        shown.press("PageDown");
        assertThat(shown.evaluate(index)).isEqualTo("11");
        assertThat(shown.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
        assertThat(shown.evaluate("document.querySelectorAll('#rows tbody [tabindex=\"0\"]').length"))
                .isEqualTo("1");

        flows.leaves();
        shown.await(rows("rows") + " === 25");
        assertThat(shown.evaluate(index)).isEqualTo("12");

        shown.press("Home");
        shown.press("Enter");
        assertThat(shown.evaluate("document.activeElement.id")).isEqualTo("detail");
        assertThat(shown.evaluate(text("detail"))).contains("pod shop/web-1 Deployment/web", "world 203.0.113.9");
        shown.press("Escape");
        assertThat(shown.evaluate(index)).isEqualTo("0");
        assertThat(shown.evaluate("document.getElementById('detail').hidden")).isEqualTo("true");
    }

    @Test
    void everyControlIsReachedByTabInTheOrderOfThePage() {
        traffic();
        BrowserPage shown = opened();
        shown.await(rows("rows") + " === 24");
        shown.await("document.querySelectorAll('#drawing svg .node').length === 5");
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            shown.press("Tab");
            order.append(
                            shown.evaluate(
                                    "document.activeElement.id || document.activeElement.name"
                                            + " || document.activeElement.getAttribute('aria-label')"
                                            + " || document.activeElement.innerText.split('\\n')[0] || document.activeElement.localName"))
                    .append(' ');
        }
        assertThat(order.toString())
                .containsSubsequence(
                        "Skip",
                        "Map",
                        "Flows",
                        "Services",
                        "Policies",
                        "drawing",
                        "service shop/db",
                        "As a list",
                        "pause",
                        "text",
                        "pod",
                        "service",
                        "port",
                        "verdict",
                        "kind",
                        "Clear",
                        "service-text");
        assertThat(shown.evaluate("[...document.querySelectorAll('input, select')].every(e => e.labels.length === 1)"))
                .isEqualTo("true");
    }

    @Test
    void pausingKeepsWhatComes() {
        traffic();
        BrowserPage shown = opened();
        shown.await(rows("rows") + " === 24");
        shown.evaluate("document.getElementById('pause').click()");
        flows.leaves();
        shown.await("document.getElementById('state').textContent === 'paused; 1 wait'");
        assertThat(shown.evaluate(rows("rows"))).isEqualTo("24");

        shown.evaluate("document.getElementById('pause').click()");
        shown.await(rows("rows") + " === 25");
    }

    @Test
    void namesWithMarkupAreText() {
        flows.parties.put(
                PageFlows.WEB,
                new Party(300, "shop", MARKUP, List.of(), List.of(new Party.Workload("Deployment", MARKUP))));
        flows.service = MARKUP;
        traffic();
        flows.services.add(frontend(MARKUP));
        BrowserPage shown = opened();
        shown.await(rows("rows") + " === 24");
        shown.await("document.querySelectorAll('#drawing svg .node').length === 5");
        shown.await(rows("service-rows") + " === 2");
        shown.evaluate("document.querySelector('#rows tbody tr').click()");
        shown.evaluate("document.querySelector('details').open = true");

        assertThat(shown.evaluate(text("rows"))).contains(MARKUP);
        assertThat(shown.evaluate(text("service-rows"))).contains(MARKUP);
        assertThat(shown.evaluate(text("edges"))).contains(MARKUP);
        assertThat(shown.evaluate(text("detail"))).contains(MARKUP);
        assertThat(shown.evaluate("document.querySelectorAll('main img, main script').length"))
                .isEqualTo("0");
        assertThat(shown.evaluate("String(window.hacked)")).isEqualTo("undefined");
        assertThat(shown.complaints()).isEmpty();
    }

    @Test
    void thePolicyOfContentKeepsScriptsOut() {
        BrowserPage shown = opened();
        shown.evaluate("""
                (() => {
                  const script = document.createElement('script');
                  script.textContent = 'window.hacked = 1';
                  document.body.append(script);
                  document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.hacked = 1">');
                })()""");
        shown.await("document.querySelector('img').complete");

        assertThat(shown.evaluate("String(window.hacked)")).isEqualTo("undefined");
        assertThat(shown.complaints()).anyMatch(complaint -> complaint.contains("Content Security Policy"));
    }

    @Test
    void theAgentMayGoAwayAndComeBack() throws IOException {
        traffic();
        BrowserPage shown = opened();
        shown.await(rows("rows") + " === 24");
        int port = server.port();
        server.close();
        shown.await("document.getElementById('state').textContent.includes('away')");

        server = PageServer.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Map.of(), new NodePage(flows));
        shown.await("document.getElementById('state').textContent === 'live'");
        flows.leaves();
        shown.await(rows("rows") + " === 25");
    }
}
