import java.awt.Component;
import java.awt.Container;
import java.awt.Dialog;
import java.awt.Frame;
import java.awt.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.swing.AbstractButton;
import javax.swing.JComboBox;
import javax.swing.JMenu;
import javax.swing.JPopupMenu;
import javax.swing.JTabbedPane;
import javax.swing.JTree;
import javax.swing.MenuElement;
import javax.swing.MenuSelectionManager;
import javax.swing.SwingUtilities;
import javax.swing.text.JTextComponent;
import uk.ac.starlink.table.StarTable;
import uk.ac.starlink.topcat.ControlWindow;

/**
 * TOPCAT as somebody uses it: the table that it is started with, the window for TAP, its tree of tables, queries of each kind, and the
 * examples of the service. Each line that it prints begins with "- ". Arguments: the address of the TAP service, a table's address, and the
 * queries, each as "sync:ADQL" or "async:ADQL".
 */
public class Topcat {
    private static Window tap;

    public static void main(String[] args) throws Exception {
        uk.ac.starlink.topcat.Driver.main(new String[] {args[1]});
        await("a table", () -> tables() == 1 ? true : null);
        say("start " + table());

        press("the button for TAP", Topcat::opener);
        tap = await("the window for TAP", () -> windows().stream().filter(w -> has(title(w), "Table Access Protocol")).findFirst().orElse(null));
        await("the field of the address", () -> {
            JTextComponent field = all(tap, JTextComponent.class).stream()
                .filter(t -> t.isShowing() && t.isEditable()).reduce((first, last) -> last).orElse(null);
            if (field != null)
                field.setText(args[0]);
            return field;
        });
        press("the button for the service", () -> button(tap, "Use Service"));
        say("tables " + await("the tree of tables", () -> {
            for (JTree tree : all(tap, JTree.class)) {
                List<String> names = new ArrayList<>();
                for (int i = 0; i < tree.getRowCount(); i++)
                    names.add(String.valueOf(tree.getPathForRow(i).getLastPathComponent()));
                if (tree.isShowing() && names.stream().anyMatch(n -> n.startsWith("almagest.")))
                    return String.join(" ", names.stream().filter(n -> n.startsWith("dataset.")).toList());
            }
            return null;
        }));
        for (String query : Arrays.copyOfRange(args, 2, args.length)) {
            int colon = query.indexOf(':');
            ask(query.substring(0, colon).equals("async"), query.substring(colon + 1));
        }
        await("the query's page", Topcat::page);
        press("the examples", () -> button(tap, "Examples"));
        say("examples " + await("the service's examples", () -> {
            for (MenuElement element : MenuSelectionManager.defaultManager().getSelectedPath())
                if (element instanceof JPopupMenu)
                    for (JMenu menu : all((JPopupMenu) element, JMenu.class))
                        if (has(menu.getText(), "Service") && menu.isEnabled() && menu.getItemCount() > 0)
                            return Integer.toString(menu.getItemCount());
            return null;
        }));
        System.exit(0);
    }

    private static void ask(boolean async, String adql) throws Exception {
        int before = edt(Topcat::tables);
        await("the query's page", () -> {
            page();
            for (JComboBox<?> box : all(tap, JComboBox.class))
                for (int i = 0; i < box.getItemCount(); i++)
                    if (String.valueOf(box.getItemAt(i)).equals(async ? "Asynchronous" : "Synchronous"))
                        box.setSelectedIndex(i);
            JTextComponent text = find(tap, JTextComponent.class, t -> t.isShowing() && has(t.getClass().getName(), "ParseTextArea"));
            if (text != null)
                text.setText(adql);
            return text;
        });
        press("the button for the query", () -> button(tap, "Run Query"));
        say((async ? "async " : "sync ") + await("the answer", () -> {
            String said = dialogs().stream().map(Topcat::words).filter(w -> has(w, "Error loading TAP")).findFirst().orElse(null);
            return tables() > before ? table() : said;
        }));
        // It goes away behind an answer.
        if (!edt(tap::isShowing)) {
            press("the button for TAP", Topcat::opener);
            await("the window for TAP", () -> tap.isShowing() ? true : null);
        }
    }

    private static Boolean page() {
        dialogs().forEach(Dialog::dispose);
        for (JTabbedPane tabs : all(tap, JTabbedPane.class))
            for (int i = 0; i < tabs.getTabCount(); i++)
                if (tabs.getTitleAt(i).equals("Use Service"))
                    tabs.setSelectedIndex(i);
        return true;
    }

    private static int tables() {
        return ControlWindow.getInstance().getTablesListModel().getSize();
    }

    private static String table() {
        StarTable table = ControlWindow.getInstance().getCurrentModel().getDataModel();
        return table.getRowCount() + " rows " + table.getColumnCount() + " columns";
    }

    private static List<Window> windows() {
        return Arrays.stream(Window.getWindows()).filter(Window::isShowing).toList();
    }

    private static List<Dialog> dialogs() {
        return windows().stream().filter(w -> w instanceof Dialog && ((Dialog) w).isModal()).map(w -> (Dialog) w).toList();
    }

    private static String title(Window window) {
        return window instanceof Frame ? ((Frame) window).getTitle() : window instanceof Dialog ? ((Dialog) window).getTitle() : "";
    }

    private static String words(Window window) {
        StringBuilder words = new StringBuilder();
        for (JTextComponent text : all(window, JTextComponent.class))
            words.append(text.getText()).append(' ');
        for (javax.swing.JLabel label : all(window, javax.swing.JLabel.class))
            words.append(label.getText()).append(' ');
        return words.toString().replace('\n', ' ');
    }

    private static boolean has(String text, String part) {
        return text != null && text.contains(part);
    }

    private static AbstractButton opener() {
        return find(ControlWindow.getInstance(), AbstractButton.class, b -> has(b.getToolTipText(), "Query remote databases"));
    }

    private static AbstractButton button(Component root, String text) {
        return find(root, AbstractButton.class, b -> text.equals(b.getText()) && b.isShowing() && b.isEnabled());
    }

    private static <T> T find(Component root, Class<T> type, Predicate<T> wanted) {
        return all(root, type).stream().filter(wanted).findFirst().orElse(null);
    }

    private static <T> List<T> all(Component root, Class<T> type) {
        List<T> found = new ArrayList<>();
        if (type.isInstance(root))
            found.add(type.cast(root));
        if (root instanceof Container)
            for (Component part : ((Container) root).getComponents())
                found.addAll(all(part, type));
        return found;
    }

    // What a button starts may show a dialog and wait for it: nobody may wait for that.
    private static void press(String what, Supplier<AbstractButton> button) throws Exception {
        AbstractButton found = await(what, button);
        SwingUtilities.invokeLater(found::doClick);
    }

    private static <T> T await(String what, Supplier<T> found) throws Exception {
        long end = System.nanoTime() + 120_000_000_000L;
        while (System.nanoTime() < end) {
            T result = edt(found);
            if (result != null)
                return result;
            Thread.sleep(100);
        }
        say("missing " + what + ": " + edt(() -> windows().stream().map(w -> title(w) + " " + words(w).substring(0, Math.min(300, words(w).length()))).toList().toString()));
        System.exit(1);
        return null;
    }

    private static <T> T edt(Supplier<T> ask) throws Exception {
        List<T> answer = new ArrayList<>();
        SwingUtilities.invokeAndWait(() -> answer.add(ask.get()));
        return answer.get(0);
    }

    private static void say(String line) {
        System.out.println("- " + line);
    }
}
